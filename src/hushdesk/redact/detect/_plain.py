"""Plain words in small letters: what follows "i am" and "this is" and is nobody's name."""

from __future__ import annotations

from hushdesk.redact._words import words
from hushdesk.redact.tagger._gazetteer import is_listed

ENGLISH = frozenset(
    words(
        """
    able about above absent active actually afraid after again against agent ahead alive all almost alone already also alright always amazed american an and angry annoyed another any
    anxious anymore anyone around arab art as ashamed asking asleep at away awake aware awesome awful baby back bad based basic bass bear because before beginner behind being below best better between big bit
    black blank blind blocked blond bloody blue board bold book bored born both bound box boy brand brave bread bride brief bright broke broken brown business busy but buyer by calling calm can careful case cash caution certain chance charge
    cheap chief choice clean clear clever client close closed coach coffee cold college comfortable comfy coming common company complete completely concern confident confused connected contact cool correct could court crap crazy critical
    cross curious currently customer cute daily damn dark day dead deaf dear deep delay demo desperate different difficult dirty disabled dizzy doctor doing done double doubt down driver due dummy dumb dutch early easy either else email empty employee end
    engineer english enough entire error especially even ever every everyone evident exact excellent excited exhausted expert extra facing fair faith false familiar famous far fast father feedback female few fiance final finally fine firm first fit fixed flat
    fool for forever former fortunate forward free french frequent fresh friday friend from frustrated full fun funny furious further future game gay general gentle german getting girl given glad going gold golden gone good grand grant grateful gray great green grey gross guess guest
    guide guilty guy half handicapped happy hard have having he healthy hell hello help helpful her here hi high him his home honest honey hope hopeful hopeless horrible host hot hour how huge human hungry hurt husband idea if ill important impossible impressed in independent
    indian inside insane instead interested internal into invalid is issue it italian its itself jet job joke joy junior just justice keen key kid kidding kind king know known lady lame large last late lately lawyer lazy leader learning least leaving left legal legit lemon less level life light like
    limited line little live living local location locked logged lol lonely long looking loss lost loud love lovely low loyal luck lucky mad made madness magic main major male man manager many married mass may maybe me mean medical medium member merry mess message mid mild mine mini minor miss
    missing mobile model modern mom monday money month more morning most mother much must mute my myself naive near nearly neat necessary need needed neither nervous never new news next nice nick night no nobody none nonsense noon nope normal normally north not note nothing now number nurse nuts obvious odd of off office ok okay old on once one
    online only onto open opera or order original other our out outside over overseas own owner page paid pain paper parent part partner past patient peace people perfect permanent person phone piece pink place plain please pleased point poor pop possible power present pretty previous price private pro problem product professional proof proper
    proud public pure purple quality question quick quiet quite random rare rather ready real really reason recent red regarding regular related remote resident residence responsible rich ridiculous right root rough round rude rush sad safe saga said same sand satisfied saturday saving say scam scared second secret secure
    see self senior serious service several shame sharp she shocked shop short should shy sick silent silly silver similar simple simply since single sir sis sister slow small smart so social soft sole some someone something son soon sorry sort south special spring standard star start starting still stock stone stop stopped story straight strange strict strong
    stuck student stupid such summer sun sunday super support supposed sure surely surprised suspicious sweet system tall team tech temporary terrible test thank thankful thanks that the their them then there these they thing this those though three through thursday tight time tiny tired to today together tomorrow too top total totally tough toy
    trash travel true truth trying tuesday turkish twenty two typical ugly unable under understand unhappy unique unknown unsure until up upset urgent us used useful useless user using usual usually valid very via victim vip visitor waiting wait want warm was waste watch way weak wednesday week weird welcome well west wet what when where which while white
    who whole whose why wide wife wild will willing winter wise with within without wolf woman wonderful work working world worried worse worst worth would wow wrong yeah year yellow yes yesterday yet you young your yours zero admin also android apple chrome dell excel facebook firefox google instagram iphone linux mac netflix outlook
    paypal prime samsung skype sony twitter verizon whatsapp windows yamaha zoom absolutely acceptable accurate additional affected agreeable amazing appalling applicable appropriate available awaiting beautiful being brilliant cancelled concerned considering consistent constant convenient covered creating crucial
    definitely delighted delicious disappointed disgusted driving eager eligible entitled essential exactly experiencing fantastic fed fixing grown hoping identical illegal impatient inaccurate incomplete inconvenient incorrect incredible intermittent lacking late learning missing moving mostly nearby noting
    obsolete obviously ongoing optional outdated outrageous overdue partial pathetic pending pointless positive possible potentially preferably presumably probably puzzled reachable reading receiving relevant reluctant repeated resolved retired sending separate severe shipping showing speaking stressed struggling subject suitable super temporary
    thinking thrilled traveling trouble troubling twice unacceptable unavailable uncertain unclear unfair unfortunately unhelpful unlikely unusual unwell updated usable vacation vague verified visible vital wondering worthless writing
    chatting chat bot human representative rep operator robot assistant agent advisor caller tenant landlord teacher nurse parent mum dad daughter uncle aunt brother colleague boss buyer seller vendor merchant trader tourist passenger guest holder
    am are be been do does did go had were me use try see say put run fix item items row sum of per vs etc
    pepper happens appears appeared shows showed changed has was were does came comes got gets keeps kept won't will doesn't didn't isn't wasn't
    number name password account card code id email address phone mobile cell zip ssn pin credit debit city state country policy claim booking confirmation seat flight ticket
    """
    )
)
"""English words that are said of oneself or of a thing; those of them that are also names are names only where more says so."""

OTHERS = frozenset(
    words(
        """
    alt neu jung klein groß gross gut schlecht müde krank hier da dort weg zu froh sehr so nun auch noch nicht kein keine der die das den dem ein eine einer einem einen mein meine dein ihr ihre sein seine und oder aber auf aus bei mit nach von vor über unter für wegen
    sicher allein alleine bereit fertig ratlos kunde kundin neukunde gerade heute morgen gestern leider jetzt immer nie schon wieder selbst interessiert umgezogen dankbar enttäuscht sauer wütend zufrieden verzweifelt verwirrt online offline unterwegs mieter rentner student
    lange schnell einfach falsch richtig wichtig dringend los offen schade gespannt blind wild kurz lang wach wahr echt
    un une le la les des du de mon ma mes ton votre vos son sa ses ce cet cette très trop pas plus bien mal bon bonne content contente désolé désolée déçu déçue sûr sûre prêt prête malade fatigué client cliente ici là en au aux à dans sur sous pour par avec sans chez seul seule nouveau nouvelle vieux jeune grand
    grande petit petite perdu perdue bloqué bloquée urgent tout toute clair vrai faux possible normal bizarre dommage parfait ok bon honte merci
    el los las lo mi mis tu su sus este esta muy no ya más bien mal bueno buena contento contenta cliente nuevo nueva viejo joven mayor menor grande feliz triste enfermo cansado cansada seguro segura listo lista solo sola aquí allí de del en con sin para por desde hasta casado casada
    soltero soltera hombre mujer usuario usuaria yo él ella nosotros urgente claro serio normal verdad consciente español española
    il lo gli una uno mio mia tuo suo sua molto non più bene male buono nuovo nuova vecchio giovane stanco stanca felice contento contenta triste sicuro sicura pronto pronta solo sola qui qua lì di da in con su per tra fra cliente utente certo certa sempre stato stata stati arrivato andato malato malata bloccato
    bloccata disperato libero calmo serio chiaro vero
    o a os as um uma meu minha seu sua muito não mais bem mal bom boa novo nova velho jovem feliz triste cansado cansada certo certa pronto pronta só sozinho sozinha aqui ali de do da em no na com sem para por cliente usuário casado casada solteiro brasileiro brasileira eu novo
    een het de mijn uw jouw zijn haar heel erg niet geen wel goed slecht nieuw nieuwe oud jong blij boos moe ziek klaar hier daar thuis weg nu al nog ook altijd nooit klant gebruiker van in op aan met zonder voor na bij uit over onder benieuwd bereid zeker alleen kwijt tevreden ontevreden verhuisd
    nie bardzo tak już jeszcze też tylko tu tam z ze w we na do od po przed za pod nad dla przez bez zły zła dobry dobra nowy nowa stary stara młody chory chora zmęczony gotowy gotowa pewien pewna pewny klient klientka klientem klientką sama zadowolony zainteresowany zainteresowana wdzięczny
    abgelaufen vergessen verloren gesperrt ungültig geändert expiré oublié oubliée perdue incorrect incorrecte invalide incorrecta inválida vencida caducada olvidada errónea expirada errada incorreta esquecida scaduta sbagliata errata dimenticata
    verlopen vergeten fout onjuist nieprawidłowe niepoprawne wygasło złe zapomniane
    inte ikke ei en ett et mycket meget veldig ny gammel gammal glad trött sjuk her här hjemme hemma kund kunde velmi nový nový starý zákazník
    """
    )
)
"""Such words of other languages."""

_ENDINGS = ("ing", "ed", "ly", "ful", "less", "ness", "tion", "able", "ible", "ous", "n't", "'s", "’s")
_LEAST = 2


def is_plain(word: str) -> bool:
    """Tell whether a word in small letters is no name where somebody says who they are.

    Args:
        word: One word, in small letters.
    """
    if len(word) < _LEAST or word in ENGLISH or word in OTHERS:
        return True
    # "interested", "really": some names end so too.
    return word.endswith(_ENDINGS) and not is_listed(word)


def is_name(word: str) -> bool:
    """Tell whether a word in small letters is a known name and no plain word.

    Args:
        word: One word, in small letters.
    """
    return not is_plain(word) and is_listed(word)
