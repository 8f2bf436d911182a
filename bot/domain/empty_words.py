"""Words that news in any of our languages are full of, so that they tell no event from another.

All are folded (``words.fold``). Words of three letters or fewer need not stand here.
"""

_ENGLISH = """
the and for but not was are has had his her its our who how why all any can may out off new one two now over
about after again against ahead also amid among another around away back because been before being below between both
call called could does down during each early ever every first following four from have having hers himself into just
known last late later least less like made make many more most much must near next only other others part people same
says said saying second several should since some soon still such taken tell than that their them then there these they
third this those three through time told under until upon very week well were what when where which while whom whose
will with within without would year years yesterday today tomorrow your according official officials statement report
reports reported spokesman spokeswoman month months announced news daily wire agency
"""
_RUSSIAN = """
без был для его еще или как кто между меня мне над нас нет них они оно она под при про сам так там тем тот что это
более большинство будет будут была были было быть ведь весь всего всех возле время вчера года году дней день если есть
завтра здесь именно каждый которая которое которого которой котором которую которые который которым которых кроме
месяц месяца может могут находится него ней несколько нового новый однако около один одна одной объявил объявила отметил
отметила передает перед пока после поэтому потом почти пресс против ранее рассказал рассказала сегодня своего своей свои
своих себя сейчас словам сообщает сообщил сообщила сообщили сообщило служба среди стало стал стала также такой тогда
того тоже только тому уже утверждает заявил заявила заявили заявление через человек чтобы этого этой этом этот этому
эти этих агентство новости источник который данным информации лет время
"""
_AZERBAIJANI = """
amma artiq axsam aparir ayin barede basqa bele belke beri bezi bildirib bildirilir bildirmisdir bir biri bugun butun
cemi coxdur daha deyib deye dair edib ediblerr edilib edilmisdir eden edilen edir etdi etmek ever fakt gore gun gunu
haqqinda hamisi hansi heqiqeten heqi hele hemin hemcinin her idi ile ilin ilk indi isa isdir kimi kecirilib lakin
melumat melumatina meselen oldu olub olan olaraq olunub olur olunan olacaq oten qeyd sonra sozlerine teref terefinden
uzre ucun uzerinden vaxt vasitesile verib verilib yalniz yanvar yeni yerde zaman xeber verir veren saat nefer sabah
dunen aciqlayib elan edilecek arasinda
"""
_TURKISH = """
acikladi aciklamada ancak artik asil aslinda ayni bazi belirtti belirterek belirtildi ben beri bile bin birlikte biraz
boyle bugun bunun buna bundan cok cunku dedi degil diye diger dolayi dun eden edildi edilen ederek etti ettigi ettigini
gibi gore gun hala hem henuz her hic icin icinde ifade ile ilgili ise iste kadar karsi kendi kez kisi kim mi nasil ne
neden oldu oldugu oldugunu olan olarak olmasi olup once onun onlar ortaya ozellikle saat sadece sonra sonrasi soyle
soyledi sozcusu tarafindan uzere uzerine vardi veya yapilan yapti yapildi yaptigi yarin yeni yer yil yilinda zaman
haber duyurdu bildirdi kaydetti arasinda
"""

EMPTY_WORDS = frozenset(f"{_ENGLISH} {_RUSSIAN} {_AZERBAIJANI} {_TURKISH}".split())

_WEEK = (
    "monday понедельник pazartes",
    "tuesday вторник sali",
    "wednesday сред carsamb",
    "thursday четверг persemb",
    "friday пятниц cuma",
    "saturday суббот cumartes",
    "sunday воскресень",
)
DAYS = {root: number for number, names in enumerate(_WEEK) for root in names.split()}
"""The roots of the days of the week (0 is Monday) that have a word of their own: Azerbaijani days share theirs."""
