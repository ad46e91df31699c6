"""Short forms of given names, so that Bob is found where Robert is known."""

from __future__ import annotations

import functools
from typing import Final

from hushdesk.redact._fold import fold

_GROUPS: Final = """
robert rob bob bobby robbie bert|william will bill billy willy liam|richard rich rick ricky dick richie|james jim jimmy jamie|john johnny jack jon|jonathan jon jonny nathan|michael mike mick mickey micky mikey|
thomas tom tommy|joseph joe joey|charles charlie chuck chas|christopher chris kit topher|daniel dan danny|david dave davy|edward ed eddie ted ned teddy|andrew andy drew|anthony tony ant|matthew matt|
nicholas nick nicky|patrick pat paddy|peter pete|philip phil|phillip phil|ronald ron ronnie|samuel sam sammy|stephen steve stevie|steven steve|timothy tim timmy|walter walt wally|alexander alex al sandy xander sasha lex|
benjamin ben benny benji|frederick fred freddy freddie|gerald gerry jerry|geoffrey geoff|jeffrey jeff|gregory greg|henry harry hank|jacob jake|kenneth ken kenny|lawrence larry|leonard len lenny|louis lou louie|
martin marty|nathaniel nate nat nathan|raymond ray|russell russ|theodore ted theo teddy|vincent vince vinny|zachary zach zack|donald don donny|douglas doug|eugene gene|francis frank fran|franklin frank|gabriel gabe|harold hal harry|
arthur art artie|albert al bert|alfred alf fred|stanley stan|terrence terry|maxwell max|maximilian max|elizabeth liz lizzie beth betty eliza lisa libby bess betsy|margaret maggie meg peggy marge greta rita daisy|katherine kate kathy katie kat kay|
catherine cathy cate kate katie cat|kathleen kathy kate|jennifer jen jenny|jessica jess jessie|rebecca becky becca|susan sue susie suzy|deborah deb debbie|barbara barb babs barbie|patricia pat patty trish tricia|victoria vicky vicki tori|
alexandra alex sandra lexi sasha|christina chris tina chrissy|christine chris chrissie tina|samantha sam sammy|stephanie steph|dorothy dot dottie|eleanor ellie nell nora|amanda mandy|cynthia cindy|jacqueline jackie|judith judy|kimberly kim|pamela pam|
sandra sandy|theresa terry tess|valerie val|virginia ginny|abigail abby|josephine jo josie|isabella bella izzy isa|nancy nan|frances fran frannie|gabriella gabby ella|madeleine maddie|natalie nat|penelope penny|philippa pip pippa|
johannes hannes hans jo|hans hansi|friedrich fritz friedel|wilhelm willi willy|heinrich heinz heiner heini|josef sepp jupp|franz franzl|ludwig lutz|matthias matze hias|sebastian basti|christian chris|stefan steff|ulrich uli ulli|wolfgang wolf wolfi|andreas andi|
michael michi|tobias tobi|florian flo|maximilian max maxi|thomas tommi|susanne susi sanne|katharina kathi kathrin katja|elisabeth elli lisa sissi lisbeth liesel|margarete grete gretel|magdalena lena leni|johanna hanna hanni|franziska franzi|
jose pepe|francisco paco pancho fran curro kiko|manuel manolo manu|ignacio nacho|jesus chus chuy|enrique quique kike|guillermo guille memo|rafael rafa|alberto beto tito|eduardo edu lalo|roberto beto|antonio tono toni|santiago santi|fernando fer nando|
javier javi|sergio checo|dolores lola|concepcion concha conchi|guadalupe lupe|josefa pepa|maria mari mary|rosario charo|mercedes merche|isabel isa bel|teresa tere|giuseppe beppe peppe pino|giovanni gianni nanni|francesco checco franco cecco|luigi gigi gino|
salvatore toto|vincenzo enzo|lorenzo renzo enzo|alessandro ale sandro|domenico mimmo|antonio tonio nino|pietro piero|elisabetta betta|giuseppina pina|francesca franca checca|jean jeannot|francois fanfan|frederic fred|philippe phil|nicolas nico|stephane steph|
dominique dom|veronique vero|catherine cathy|joao joaozinho|joaquim quim|francisco chico|luiz lula|jose ze|antonio toninho|eduardo dudu|jan janek jasiek honza jenda|stanislaw staszek|wojciech wojtek|krzysztof krzysiek|andrzej jedrek|tomasz tomek|
grzegorz grzesiek|piotr piotrek|pawel pawelek|jakub kuba|jacek jacus|zbigniew zbyszek|malgorzata gosia malgosia|katarzyna kasia|agnieszka aga|joanna asia|aleksandra ola|anna ania hania|barbara basia|elzbieta ela|magdalena magda|monika monia|ewa ewka|
josef pepa jozka|frantisek franta|jiri jirka|jaroslav jarda|miroslav mirek|stanislav standa|vaclav vasek|vladimir vlada|zdenek zdenda|tomas tomik|petr peta|martin mara|katerina katka|lenka lenca|marie marenka|zuzana zuzka|
александр саша шура саня сашка|александра саша шура|алексей леша алеша лёша|анастасия настя|андрей андрюша|анна аня нюра|борис боря|валентина валя|василий вася|виктор витя|виктория вика|владимир вова володя|владислав влад|вячеслав слава|галина галя|
георгий жора гоша|григорий гриша|дарья даша|дмитрий дима митя|евгений женя|евгения женя|екатерина катя|елена лена|елизавета лиза|иван ваня|игорь гарик|ирина ира|константин костя|ксения ксюша|лариса лара|любовь люба|людмила люда мила|максим макс|
маргарита рита|мария маша маруся|михаил миша|надежда надя|наталья наташа|николай коля|ольга оля|павел паша|петр петя|полина поля|роман рома|светлана света|сергей серёжа сережа|софья соня|станислав стас|татьяна таня|федор федя|юлия юля|юрий юра|
олександр сашко|олексій льоша|катерина катя|дмитро діма|михайло мишко|микола коля|наталія наташа|олена лена|володимир вова|mehmet memo|mustafa musti|ibrahim ibo|fatma fatos|laszlo laci|istvan pista isti|jozsef jozsi|janos jani|zoltan zoli|sandor sanyi|ferenc feri|
gabor gabi|katalin kati|erzsebet erzsi bozsi|johan jocke|karl kalle|erik jerka|fredrik frille fredde|lars lasse|per pelle|margareta greta|birgitta gitta|johannes jussi juho|juhani jussi|ioannis giannis yannis|konstantinos kostas dinos|georgios giorgos|
dimitrios dimitris mitsos|panagiotis panos|ιωαννης γιαννης|κωνσταντινος κωστας ντινος|γεωργιος γιωργος|δημητριος δημητρης|παναγιωτης πανος|αικατερινη κατερινα|ελενη λενα
"""


@functools.cache
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _GROUPS.replace("\n", "").split("|"):
        names = [fold(name) for name in group.split()]
        whole, short = names[0], names[1:]
        found.setdefault(whole, set()).update(short)
        for name in short:
            found.setdefault(name, set()).add(whole)
    return {name: frozenset(others - {name}) for name, others in found.items()}


def nicknames(name: str) -> frozenset[str]:
    """Return the usual short forms of a given name, or the full forms of a short one, lower-case without accents."""
    return _table().get(fold(name.strip()), frozenset())
