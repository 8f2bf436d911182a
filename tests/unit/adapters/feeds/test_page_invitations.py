"""An invitation to read, follow or subscribe elsewhere is no part of a story; a sentence about one is."""

import pytest

from adapters.feeds.page_furniture import furniture

INVITATIONS = (
    *("Read more: The ten best ferries", "Also read | Why lamps fail", "Related topics", "More on this story"),
    *("Article continues below advertisement", "Story continues below", "Click here to see all pictures"),
    *("Sign up for our newsletter", "Follow us on X, Facebook and TikTok", "Join our WhatsApp channel"),
    *("Download our app to read offline", "You can follow us on Instagram", "Scan the QR code to get our app"),
    *("Want more? Subscribe to our podcast", "Get our daily newsletter", "Got a tip? Write to us", "Share this story"),
    *("Читайте также: Паром вернулся", "Подписывайтесь на наш Telegram-канал", "Нашли опечатку? Нажмите Ctrl+Enter"),
    *("Фото: Ася Рогова / «Вести»", "Материалы по теме", "Читайте також – Громада і водогін", "Поділитися"),
    *("Həmçinin oxuyun: Yeni avtobus xətti", "Bizi Facebook-da izləyin", "WhatsApp kanalımıza abunə olun"),
    *("Haberin Devamı", "İlgili haber: Fener", "Bizi Google News'te takip edin", "Bültenimize abone olun"),
    *("Lesen Sie auch: Der Keller", "Anzeige", "Abonnieren Sie unseren Newsletter", "Mehr zum Thema"),
    *("Lire aussi : Les canaux", "Abonnez-vous à notre newsletter", "Publicité", "La suite après cette publicité"),
    *("Lea también: La biblioteca", "Suscríbete a nuestro boletín", "Síguenos en Google Noticias", "Publicidad"),
    *("Leia também: O farol", "Continua depois da publicidade", "Siga-nos no Instagram", "Leggi anche: La malga"),
    *("Iscriviti alla newsletter", "Czytaj także: Zima", "Dalsza część artykułu pod wideo", "Lees ook: De brug"),
    *("بیشتر بخوانید: نقشه", "به کانال تلگرام ما بپیوندید", "اقرأ أيضا: المدينة", "تابعونا على فيسبوك أو قناة تلغرام"),
    *("あわせて読みたい", "相关阅读：大桥", "관련기사", "Baca juga: Jembatan"),
)
STORIES = (
    *("Read more books, the minister told pupils.", "She asked fans to follow her on Instagram."),
    *("Thousands joined the channel on Telegram within a day.", "The app was downloaded a million times."),
    *("Follow the money, the prosecutor said, and he did.", "Join the queue, said the doorman."),
    *("Subscribers of the newspaper get a bicycle this year.", "Related parties must report the sale."),
    *("Мэр призвал жителей подписываться на канал города.", "Читайте детям вслух, советует врач."),
    *("Фотограф снимал мост десять лет.", "Следователи нашли опечатку в протоколе."),
    *("Minlərlə insan onun YouTube kanalına abunə olub.", "Onu Facebook-da iki milyon adam izləyir."),
    *("Binlerce kişi kanala abone oldu.", "Polis, WhatsApp mesajlarını takip ediyor."),
    *("Entre os canais de televisão há uma guerra.", "Recibe una carta de YouTube y se sorprende."),
    *("Abbonati in calo per il canale sportivo.", "Die Anzeige wurde nach einer Stunde zurückgezogen."),
    *("Publicité et politique ne font pas bon ménage.", "Segue il canale fino al mare."),
    *("Wir und die anderen lesen auch Zeitung.", "Photo shoots are forbidden on the bridge."),
    *("این کانال آب از سه روستا می‌گذرد.", "Лише троє прийшли на виставу."),
)


@pytest.mark.parametrize("line", INVITATIONS)
def test_an_invitation_is_furniture(line: str) -> None:
    assert furniture(line) is not None


@pytest.mark.parametrize("line", STORIES)
def test_a_sentence_that_speaks_of_such_things_belongs_to_its_story(line: str) -> None:
    assert furniture(line) is None
