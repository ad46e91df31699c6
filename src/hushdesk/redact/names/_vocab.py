"""Words that speak against a name: never part of one (:data:`STOP`), or rarely one by themselves (:data:`COMMON`)."""

from __future__ import annotations

from typing import Final

# Never part of a person's name; a run of capitalised words is cut at them.
STOP: Final = """
i a an the this that these those there here it its he she we they you your our his her their my me us them him who whom whose what
which when where why how if then than else and or but nor so yet for from to in on at by of off with without within into onto upon
about above after again against all also although always am any are as be because been before being below between both can
cannot cant could couldnt did didnt do does doesnt doing dont done during each either every everyone everything few further
had has hasnt have havent having however just like many more most much must neither never next no none not nothing now only
once other others over own per please same shall should since some someone something still such thank thanks though through
thus too under until unless up very via was wasnt were what's while would wont yes yeah yep ok okay hi hello hey dear greetings
howdy hiya morning afternoon evening night good great kind best warm warmest regards regard sincerely cheers thx ty rgds brgds
yours truly faithfully respectfully cordially wishes welcome sorry apologies unfortunately currently recently finally
additionally furthermore therefore moreover meanwhile otherwise instead anyway actually basically hopefully
january february march april june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun today tomorrow yesterday
team support customer customers client clients sir madam sirs madams mister folks guys everybody anybody nobody somebody
admin administrator administrators user users colleague colleagues friend friends partner partners member members helpdesk
department dept manager engineer engineers developer developers agent agents operator reseller vendor
mr mrs ms miss mx dr prof professor
re fw fwd aw wg sv vs tr rv rif odp antw vl ynt subject sent date cc bcc betreff objet asunto oggetto assunto temat
server servers iban bic swift lütfen lutfen microsoft windows office excel word outlook exchange sharepoint onedrive azure teams skype xbox bing cortana edge surface
hololens dynamics powershell powerpoint onenote access visio intune defender hotmail linux ubuntu debian fedora redhat suse
centos android iphone ipad ipod ios macos mac macbook imac apple google gmail chrome firefox safari opera mozilla thunderbird
amazon aws kindle alexa oracle java javascript python ruby perl kotlin scala golang rust php mysql postgres postgresql mariadb
mongodb redis kafka elasticsearch kibana grafana jenkins docker kubernetes hadoop spark hive hbase cassandra flink airflow
zookeeper jira confluence bitbucket atlassian zendesk freshdesk salesforce servicenow intercom slack zoom webex cisco intel
nvidia dell lenovo asus acer toshiba samsung huawei sony panasonic epson xerox ricoh brother netgear linksys
paypal visa mastercard amex stripe facebook twitter instagram whatsapp telegram linkedin youtube netflix spotify tiktok
adobe photoshop acrobat autodesk autocad vmware citrix sap siemens bosch ibm lotus symantec norton mcafee kaspersky avast
wordpress shopify magento drupal joomla dropbox github gitlab npm yarn maven gradle tomcat apache nginx iis weblogic
wifi bluetooth ethernet usb hdmi vpn dns dhcp http https html css xml json yaml csv pdf sql api sdk gui cpu gpu ram ssd bios
ssl tls ssh ftp smtp imap tcp udp ldap saml oauth sso url uri id ip mac os pc it hr qa po sla kpi faq rma crm erp
gmt utc cet cest pst pdt est edt ist bst
english german french spanish italian portuguese dutch polish czech swedish danish norwegian finnish turkish russian ukrainian
greek arabic hebrew hindi japanese chinese korean thai european american british canadian australian indian africa
europe asia america usa uk eu internet web online email e-mail mail phone fax tel mobile website
inc ltd llc gmbh ag corp corporation co company group holding plc kg ohg bv nv sa sas sarl srl spa oy ab as aps kft sro
ich du er sie es wir ihr mein meine meinen meinem meiner dein deine sein seine unser unsere unseren unserem ihre ihren ihrem ihrer
der die das den dem des ein eine einen einem einer eines kein keine keinen und oder aber denn doch sondern weil dass ob wenn als
wie wo wer was wann warum wieso in im an am auf aus bei beim bis durch fuer fur gegen mit nach ohne seit ueber uber um unter
von vom vor zu zum zur zwischen nicht noch nur schon sehr auch immer wieder hier dort da dann jetzt heute gestern morgen
bitte danke dank vielen vielmals ja nein leider gerne gern guten gute guter hallo hi servus moin gruss gruess gruezi liebe lieber
liebes sehr geehrte geehrter geehrtes damen herren herr herrn frau frauen fraulein werte werter freundliche freundlichen
freundlicher beste besten grusse gruße gruesse viele schone schoner schonen herzliche herzlichen mfg vg lg hallöchen tag abend
kunde kunden kundin kundennummer firma kollege kollegen kollegin mitarbeiter mitarbeiterin nutzer benutzer benutzername
kundenservice kundendienst kundenbetreuung support-team zusammen januar februar marz maerz mai juni juli oktober dezember
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
ist sind war waren hat haben hatte wird werden wurde wurden kann konnen konnte muss mussen soll sollte mochte darf
diese dieser dieses diesem diesen jede jeder jedes alle allen aller alles andere anderen welche welcher bzw z.b
je tu il elle on nous vous ils elles le la les un une des du de d au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre
nos votre vos leur leurs et ou mais donc car ni que qui quoi dont si ne pas plus moins tres bien avec sans pour par sur sous dans
en vers chez entre depuis pendant avant apres comme quand comment pourquoi bonjour bonsoir salut coucou cher chere chers cheres
madame monsieur messieurs mesdames mademoiselle mlle mme merci cordialement sinceres salutations bien amicalement bonne journee
soiree respectueusement client cliente clients equipe service bonjour veuillez agreer suite janvier fevrier mars avril mai juin
juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche est sont etait
yo el ella ellos ellas nosotros usted ustedes los las una unos unas lo al del mi mis tus su sus nuestro nuestra y o pero porque
aunque ni como cuando donde que quien cual cuyo muy mas menos tambien tampoco ya aun con sin para por sobre entre desde hasta
hola buenos buenas dias tardes noches estimado estimada estimados estimadas querido querida senor senora senores senorita
saludos saludo cordial cordiales atentamente atte gracias cliente clientes equipo soporte servicio usuario usuarios enero febrero
marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado
io tu lui lei noi voi loro il lo gli i l uno della dello delle degli del dei dal dalla nel nella sul sulla con senza per tra fra
che chi cui dove quando come perche se non piu meno molto anche ancora gia ciao salve buongiorno buonasera buon gentile gentili
gentilissimo gentilissima egregio egregia spettabile spett caro cara cari signore signora signori signorina cordiali distinti
saluti grazie cliente squadra assistenza servizio utente gennaio febbraio aprile maggio giugno luglio settembre ottobre
dicembre lunedi martedi mercoledi giovedi venerdi sabato domenica sono
eu ele ela eles elas nos voces voce o os as um uma uns umas do da dos das no na nos nas ao aos pelo pela e ou mas porque se nao
mais menos muito tambem ja ola oi bom boa dia tarde noite prezado prezada prezados caro cara senhor senhora senhores
atenciosamente abraco abracos cumprimentos obrigado obrigada cliente equipe suporte janeiro fevereiro marco abril maio junho julho
setembro outubro novembro dezembro segunda terca quarta quinta sexta feira
ik jij je u hij zij ze wij we jullie het een de dit dat deze die mijn jouw uw zijn haar ons onze hun en of maar want omdat als
dan wie wat waar wanneer waarom hoe niet geen wel ook nog al nu hier daar met zonder voor van naar door over onder bij uit op aan
tot tussen hallo hoi dag beste geachte heer mevrouw mevr dhr goedemorgen goedemiddag goedenavond groet groeten vriendelijke
hartelijke bedankt dank alvast klant klanten januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag
zaterdag zondag is zijn heeft hebben kan kunnen
ja ty on ona ono my wy oni one jest sa byl byla bylo moj moja moje twoj twoja nasz nasza wasz pan pani panu pana panie panowie
panstwo panstwa szanowny szanowna szanowni drogi droga witam witaj dzien dobry czesc hej pozdrawiam pozdrowienia serdecznie powazaniem
dziekuje prosze klient kliencie zespol i a ale lub albo oraz ze czy gdy jak co kto gdzie kiedy dlaczego nie tak juz tylko z ze w we na
do od po przed za pod nad przez dla o u styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad
grudzien poniedzialek wtorek sroda czwartek piatek sobota niedziela
ahoj dobry den zdravim vazeny vazena vazeni mily mila pane pani panovi slecno slecna s pozdravem srdecne dekuji prosim zakaznik
zakaznice zakazniku tym ze aby kdyz jako ale nebo ani tak jen uz jeste leden unor brezen duben kveten cerven cervenec srpen zari
rijen listopad prosinec pondeli utery streda ctvrtek patek sobota nedele jsem jsme jste jsou byl byla
jag du han hon vi ni de den det en ett min mitt mina din ditt vår vart er ert och eller men att som om inte ej hej hejsan god
morgon kvall basta kara kare vanliga vanlig halsningar halsning mvh tack kund kunder med utan for fran till pa av vid efter
januari februari mars maj juni juli augusti oktober mandag tisdag onsdag torsdag fredag lordag sondag
jeg han hun vi de dere dem min mitt mine din vaar og eller men at som om ikke hei hilsen hilsner vennlig med mange takk tusen kunde
kjære god dag kvell januar februar mars mai juni juli oktober desember lordag sondag er var har kan skal vil
kære venlig hilsen bedste hilsner tak maj det den der til fra paa ved efter
mina sina han me te he se tama ja tai mutta etta jos kun ei on ovat oli hei moi terve hyva hyvaa paivaa huomenta ystavallisin terveisin
kunnioittavasti kiitos asiakas rouva neiti tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu
marraskuu joulukuu maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
ben sen o biz siz onlar bu su bir ve veya ama fakat icin ile gibi ne nasil neden nerede kim merhaba selam merhabalar sayin sevgili
gunaydin iyi gunler aksamlar saygilarimla saygilar tesekkurler tesekkur ederim musteri musterimiz bey hanim beyefendi hanimefendi
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik pazartesi sali carsamba persembe cuma cumartesi pazar
en te o mi ti ok az egy es vagy de hogy ha nem igen kedves tisztelt udvozlettel koszonom koszonettel szia sziasztok hello jo napot
ur urnak holgy asszony ugyfel ugyfelunk januar februar marcius aprilis majus junius julius augusztus szeptember oktober
buna ziua stimate stimata domnule doamna domnul multumesc cu stima respect
saya anda kami kita mereka dia yang dan atau di ke dari untuk dengan ini itu tidak halo selamat pagi siang sore malam bapak ibu pak
bu yth kepada hormat salam terima kasih pelanggan
xin chao kinh gui cam on anh chi em ong ba co toi tran trong
я ты он она оно мы вы они мой моя мое мои твой наш наша ваш ваша ваши это этот эта эти тот та то те и а но или что как где когда
почему если не нет да уже еще только очень с со в во на к ко от до по за из у о об при для без над под перед через
здравствуйте здравствуй привет добрый доброе добрая день утро вечер уважаемый уважаемая уважаемые дорогой дорогая господин госпожа
господа спасибо пожалуйста уважением наилучшими пожеланиями благодарю клиент клиента клиенты коллеги команда поддержка
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь января февраля марта апреля мая июня июля августа
сентября октября ноября декабря понедельник вторник среда четверг пятница суббота воскресенье
я ти він вона воно ми ви вони мій моя наш наша ваш ваша це цей ця ці той та те і й але або що як де коли чому якщо не так ні
вже ще тільки дуже з зі у в на до від по за із о об при для без над під через
вітаю привіт доброго добрий день ранку вечора шановний шановна шановні пан пані дякую повагою будь ласка клієнт колеги
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень січня лютого березня квітня травня
червня липня серпня вересня жовтня листопада грудня понеділок вівторок середа четвер пятниця субота неділя
здравейте уважаеми уважаема господине госпожо поздрави благодаря поштовани поштована хвала
γεια σας σου καλημερα καλησπερα αγαπητε αγαπητη αγαπητοι κυριε κυρια κυριος κυριοι με εκτιμηση φιλικα ευχαριστω χαιρετε ο η το οι
τα του της των τον την ενα μια και ή αλλα οτι πως που ποτε γιατι αν δεν οχι ναι σε απο για προς κατα μετα πελατης ομαδα
ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος ιουνιος ιουλιος αυγουστος σεπτεμβριος οκτωβριος νοεμβριος δεκεμβριος
δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη
"""

# Ordinary words, some of which are names as well: alone they are no evidence.
COMMON: Final = """
valued loyal esteemed respected sue amber pierre able accept access account accounts act action active activity add added address addresses advance advise age air alert alerts alias
allow allowed alpha amount amounts analysis angel answer app application applications apply approval archive area art article ash asset assets
assist assistance assistant attach attached attachment audit august auto automatic autumn available award back backup bad baker balance ball
bank banking bar barn base basic batch bay beach bean bear beat beau beck bell benefit bent berry beta big bill billing billings bird birth bishop bit black
blank blessing block blog bloom blue board body bond bonus book booking boot bot bottom bounce box branch brand brave bravo bread break bridge brief bright
bring broad brook brown browser bruce bucket bud buffer bug build builder building bush business butler button buy cable cache calendar call
called caller calls camera camp campaign cancel candy cane cap card cards care career carmen carol carpenter carrier carry cart case cases cash cast
cat catalog catch category cell center central certificate chain chair chamber chance chandler change changes channel chapel chapter charge
charity chart chase chat check checked choice chuck church circle city clark class clean clear clerk click clock close
closed cloud club coach coast code codes cold cole collection college colt comfort command comment comments commit common complaint complete
completed computer concern confirm confirmation confirmed connect connection connor console contact content contract control cook cooper copy
core corner correct cost cotton country county couple coupon course court cover craft crash create created creation credit creed critical cross crystal current
custom dale dash data database dawn day days dean debug deep default delay delete delivery demo deploy description design desk destiny detail
details device devices dialog diamond digital direct direction director directory disable disk display dock doctor document documents dollar domain don door
double down download draft drake drew drive driver drop duke due duty eagle early earth east easter easy eden edit effort element ember emergency enable
end engine enter enterprise entry envy eric error errors escalate escalation estate eve event events exact example exception exit experience expert explorer
export express extension external eye fact fail failed failure fair faith falcon fall false family farmer fast fault feature field fields file files
fill filter final find fine finish fire firewall firmware first fish fisher fix fixed flag flash flat fleet flight flint floor flow flower focus folder follow force ford
forest form format forward foster found four fox frame frank frankie free freeman fresh frost full function fund fuse future game gap garden gate gateway gear gene general
general gift glass global glory gold golden gone grace grand grant graph gray green grey ground guard guest guide guy hall hand handle
happy hard hardware harmony harper hart haven hawk head header health heart heat heather heaven help henry high hill history hit hold hole holiday holly home honest honey honor hood hook hope
host hosting hot hotel hour hours house hub hunt hunter hyper icon image import important inbox incident index info
information initial input insert inside install installation installer instance integration interface internal invoice invoices iris
island issue issues item items ivory ivy jack jade jasper jewel job join joy judge junction justice justin kernel key keyboard keys king kit knight
knowledge lab label lad lake lance land lane language laptop large lark last late latest launch laurel law layer lead leader leaf
learn lee legal legend lemon length less letter level liberty library licence license life light lilac lily limit lin line link links list little live
load loan local location lock log login logs long look loop love low luck lucky luna lynx macro magic magnolia main major make man
manual map maple marina mark market marketing mars marsh martial mason master match matter max may mead mean media medical melody member memo memory menu
mercy merit message messages metal meter metro miles mill miller min mind mine mini mint minute miracle miss mission mist mobile mode model
modem modern module moment money monitor monk month moon moor moore more moses mount mouse move moved music myrtle name names nation
native nature navy near neat nest network new news nick night noble node noon normal north note notes notice nova number numbers oak
object ocean off offer old olive only opal open opening option options orange order orders orient origin original output own owner pace
pack package packet page pages paid pain paint pair palm panel panic paper paradise parent park parker parse part parts party pass password
past pat patch path patience paul pay payment payments peace peak pearl pen penny pepper percent perfect period permission person personal pet pick
picture piece pierce pike pilot pin pine ping pink pipe pixel place plain plan plane plans plant platform play plaza plus point police
policy pollen pond pool poor pope poppy port portal porter post postal pound power precious premier premium presence present president press price prices
priest primary prime prince princess print printer priority private pro problem problems process product products profile profit program
project promise proof property protocol proud provider proxy prudence public pull pulse pump purchase pure push quality quarter queen query question
questions queue quick quote race radio rain rainbow ram ranch range rank rate ravel raven ray reach read reader ready real realm rear reason rebel receipt receive received record recovery red
redmond reed reference refund region register registration registry regular relay release remark remarks reminder remote remove render renew renewal repair repeat replace
replacement reply report reports request requests require required research reset resolution resolved resource resources response rest
restart restore result results retail return returns reverse review revision rice rich ride right ring rise risk river road rob robin rock role roll
romeo roman room root rose rosemary rough round route router row royal ruby rule rules run rush rusty sad safe safety sage sale sales salt same sample sand
sandy save saved savings say scan scarlet scene schedule school science score scout screen script scroll sea sean search season seat second secret section sector
secure security see select self send senior sense sent sequence serenity serial series server servers service services session set setting settings
setup seven shade shadow shape share sharp shell shelter shepherd shift ship shipment shipping shop shore short show sierra sign signal
silver simple singer single sister site size sky sleep slide slot slow small smart smith smoke snow social socket soft software solution
solutions son song sonny soon sound source south space spare special specialist speed spring square staff stage stan standard star start state statement states static
station status stay step sterling stick stock stone stop storage store storm story stream street strength string strong student studio study style
sub submit success suite sum summary summer sun sunny supplier supply sure surface sweet swift switch symbol sync system systems tab
table tag tank target task tax taylor teacher tech technical technology temple temporary tenant terms terminal terry test testing text thing thread three ticket
tickets tiger time timeout times timer tip tips title tool tools top topic total touch tower town track tracking trade traffic trail train
training transfer transaction transport travel tree trial trigger trinity trip troubleshooting true trust truth try turn turner twin two type ultra uncle
union unit units unity unknown update updated updates upgrade upload urgent usage valid valley value vault vendor verity version vet video
view viewer violet virtual virus visit vista voice volume wade wait walk walker wall war ward ware warehouse warm warning warranty watch
water wave way weather weaver webb website wednesday week weeks weight well west wheel white wide widget wild will willow win window wing winner winter wire wise wish wolf
woman wonder wood woods word work worker working workflow workspace world worth wren write wrong yard year years yellow young zip zone
dusty misty sailor spirit story heavenly essence journey cash maverick ace jet chip rocky buddy buster king duke earl baron major
queens kings saint sons sport sports spot states strange street such sugar talk tall teal thousand tie tin tom ton tone total tough
ability absence accent accident accuracy acid actor adult agency agreement aid aim aircraft alarm album alcohol angle animal anxiety
appeal appearance apple appointment arch argument arm army arrival aspect atmosphere attempt attention attitude audience author
authority average baby background bag band basis basket bath bathroom battle beauty bed bedroom beer behaviour behavior belief bench bike bike bite blood blow boat bone border boss bottle bowl boy brain brick
bottom breakfast breath brother budget burn bus cake cancer candidate capital captain car carbon carpet chapter character cheek cheese chest chicken chief child childhood chip chocolate christmas cigarette
cinema clause client climate cloth clothes coal coat coffee coin colleague colour color column combination commission committee community comparison competition competitor component concept concert conclusion condition conference
confidence conflict congress consequence consideration construction consumer context contrast contribution conversation cousin cow cream crew crime crisis criticism crowd culture cup curtain curve cycle dad damage
dance danger dark date daughter dead deal death debate debt decade decision defence degree demand democracy depth desire development diet difference difficulty dinner disaster discount discussion disease dish
distance district division dog dozen dream dress drink drug dust ear earnings edge education effect egg election electricity emotion emphasis employee employer employment enemy energy
entrance environment equipment evidence examination executive exercise existence expansion expense explanation eyes face factor factory faculty farm farming fashion fat father favour fear fee
feed feeling female fig figure film finance finding finger flame flesh food foot football foundation friend friendship front fruit fuel fun furniture gas generation gentleman girl glad goal god government
grade grass grave growth guest guilt guitar gun habit hair half harm hat hate hatred heading hero highway holder honesty horse hospital huge human husband ice idea ideal ill illness
impact importance impression improvement income increase independence individual industry inflation influence initiative inquiry insect insurance interest interview introduction investigation investment iron
journal juice jury kid kill kiss kitchen knee knife knock labour labor lack lady language laugh lecture leg legislation lesson lift limitation lion lip liquid literature loss lot lunch machine magazine majority male
management manner marriage maximum meal measure meat medicine meeting mid middle military milk minimum minister minority mirror mistake mixture mom mood moral mother motion motor mountain mouth movement muscle museum nail
neck need nerve newspaper nobody noise nose novel nurse objective observation occasion offence official oil operation opinion opportunity opposition organisation organization organ outcome oven pan parliament passage
passenger patient pattern pause payroll pension people performance phase philosophy phrase piano plastic plate player pleasure plot pocket poem poet politics pollution population possibility potato pot poverty practice preference pregnancy
presentation pressure prison prize procedure production profession promotion proportion proposal protection protest provision publication punishment pupil purpose rail reaction reality recognition recording reduction
reform refusal relation relationship relief religion rent reputation requirement reserve resident resistance respect responsibility restaurant revenue revolution reward rhythm rival rope route sauce scale scheme scientist sector seed selection sentence
sequence sex shame sheet shirt shock shoe shopping shoulder sight silence similarity sink situation skill skin skirt soap society soil soldier solid sort soul soup spell spending sport spread stair stand statistic steam steel
stomach stranger strategy stress stretch strike structure struggle stuff stupid subsidiary suggestion suit surgery surprise survey suspicion symptom tale talent tea teaching tear technique telephone television temperature tendency tension term theatre theme theory thinking threat throat
tissue tongue tooth tour tourist tradition transition treatment treaty trend trouble truck tube university valuable variation variety vegetable vehicle victim victory village violence vision visitor vote wage wake weakness wealth weapon wedding welfare wheat wife
wind wine winner witness worker writer writing youth
checking getting going using looking trying having making seeing sending receiving waiting running calling regarding following according including
opened asked said told noted replied wrote reported escalated assigned reassigned spoke emailed informed advised requested
clicking adding resolving troubleshoot reproduce reproduced verify verified verifying investigate investigating pending awaiting needs want wants
kindly let lets got get give given gave take taken took seem seems tried try tries keep kept left make made know known see seen says
one six five four three two ten eight nine zero hundred million lot bits bytes
different same able unable possible impossible available unavailable missing broken stuck slow fast urgent asap fyi btw imho
abteilung adresse anfrage anfragen angebot angelegenheit anhang anlage anleitung anmeldung anruf anschluss anschrift ansprechpartner antrag antwort anwendung
anzeige arbeit arbeitsplatz art artikel aufgabe auftrag ausgabe auskunft auto bahn bank bauer baum bearbeitung bedarf beispiel beitrag bemerkung bereich bericht
bescheid beschreibung beschwerde bestellung besuch betrag betrieb bett bild bitte blatt brief bruder buch buchung bus busch chef code daten datei dateien datenbank datum dauer dienst ding
druck drucker ecke eingabe einstellung einstellungen eintrag empfang ende energie engel entschuldigung entscheidung erfahrung erfolg ergebnis erinnerung ersatz fach fall farbe fehler fehlermeldung feld fenster fernseher feuer firma fisch flasche
foto form frage fragen freund freunde freude frist fuchs fuss gast gebiet gebuhr gefahr geld geldbetrag gerat gerate gesprach gesellschaft gesicht gewicht glas gluck graf gras grund gruppe gut gutschrift haben haft hahn hals hand handel handy haus hausnummer heft heim heft herz hilfe himmel hinweis hof holz hotel hund inhalt
jahr jahre junge kaiser kabel kalender kamera kanal karte kasse katze kauf kaufmann keller kennwort kind kinder kirche klasse klein koch konig konto kontakt kopf kopie korb kosten kraft kranz krieg kuche kunst kurs kurz lager land lang lange laptop lauf leben leitung licht liebe lied liefertermin lieferung link liste
lohn losung luft mail mangel mann markt maschine mauer maus meer meinung meister meldung menge mensch menschen minute minuten mitglied mitte mittel modell moment monat monate mond morgen motor muller mutter nacht nachricht name namen nase netz netzwerk neu neumann not notiz nummer nutzung oben ofen
ordner ordnung ort ostern paket papier partner passwort pause pfarrer pfeil pferd pflanze platz post postfach preis presse problem probleme produkt produkte programm projekt prozent punkt rabatt rad rahmen rat raum recht rechner rechnung rechnungen regel regen reich reihe reise reklamation rest richter richtung ring ritter rolle rose rot ruckruf ruckgabe ruckmeldung ruhe sache sachen
sand sache schein schiff schloss schluss schmerz schnee schneider schon schreiben schritt schuh schule schulz schutz schwarz schwester see seite seiten sekunde sendung server sicherheit sitz software sohn sommer sonne spiel sprache stadt stand stark start stein stelle stellung stern steuer stimme stock stoff storung strasse strom stuck stuhl stunde stunden suche suden system tabelle tage tasche
teil telefon telefonat termin test text thema theke tier tisch tochter tod ton tor traum treffen tur turm uhr umwelt unfall unternehmen unterlagen unterstutzung unterschied update urlaub ursache vater verbindung vertrag vertragsnummer verein verfugung vergleich verkauf verlust versand version versicherung versuch verwaltung vogel volk vorgang vorname vorschlag vorteil wagen wahl wald wand ware wasser wechsel weg weihnachten wein weise weiss welt werk
wert wetter wille wind winter wirt wissen woche wochen wohnung wolf wolke wort worte wunsch zahl zahlung zahn zeichen zeit zeitung zeitpunkt ziel zimmer zucker zug zugang zugangsdaten zukunft zustand zweck ernst lang stolz sauer hell frost jung kluge krause herbst fruh fruhling
funktion funktioniert information informationen installation internet router gesendet geschrieben gelost erledigt vielleicht eigentlich ansonsten ausserdem deshalb trotzdem danach zuerst zunachst anbei hiermit laut mal meist nachdem obwohl sobald sowie weiter weitere zwei drei vier funf
abonnement accueil achat acces achats adresse affaire aide appel appareil argent article assurance attente bancaire banque bas beau beaucoup besoin bien bientot blanc blanche bleu bon boite bouton bureau carte cas cause cela certains chambre champ chance chat chef
chose ciel cle colis colon commande commandes compte comptes connexion contrat courrier cours date delai demande depuis dernier deux dieu disponible document donc donnees dossier droit ecran elle encore enfin ensuite erreur esprit essai etat facture factures faire femme fete fichier fils fin fleur foi fois fond force forme
forge fournisseur frais frere garcon garde general gens grand grande gros guerre heure heures histoire homme impossible imprimante information informations jamais jardin jeune jour jours joie lait lettre leger lien ligne lire livraison livre loi long lors lumiere main mairie maison malgre marchand marche
materiel matin mer message mere merle meme mieux mille mise mois moment monde montant mort mot moulin mur neige noel noir noire nom nombre note nouveau nouvelle numero objet oui ordinateur page paiement pain pays peine pere personne petit petite peu pierre place plainte pont port porte poste premier
prenom prix probleme problemes produit produits prince probablement puis question raison reference regard remboursement renard rendez rendez-vous reponse reseau reseaux reste retard retour rien roi rose rouge rue sable sage saint sang sauvage seul seulement situation site soir soleil solution sous suivant sujet technicien technique telephone temps terre tete toujours tous tout toute toutes
travail trois trop utilisateur vacances vent vert veuf vers vie vieux ville voici voila voir voisin voiture voix vraiment vrai
acceso ahora alguien algo aplicacion archivo asunto ayuda banco bajo barco blanco bueno buena cabeza calle cambio camino campo cara casa caso castillo centro ciudad codigo compra comercio conexion consulta contacto contrasena contrato correo cosa cuenta cuerpo datos delgado dia dinero direccion dios doctor duda
dulce empresa envio equipo error estado factura facturas familia favor fecha fin flor flores fondo forma fuerte fuentes funciona general gente gobierno grande guerra guerrero haber hacer hecho hermoso hijo historia hoja hombre hora hoy iglesia informacion instalacion inicio izquierda jefe joven ley libro linea llamada llave lugar luz madre mano manera manzano mar mayor medio mejor mensaje mesa
mes mismo momento montero monte mucho mujer mundo nada nadie nacional negro ninguno nivel noche nombre nuevo nuevamente nunca numero obra ojos orden padre pago palabra paloma papel para parte paz pedido pero persona pie piedra plata plaza pobre poco porque precio pregunta primero principio problema problemas proceso producto programa
proyecto pueblo puerta punto razon real recibo reclamo red rey rico rio rojo romero ropa rosa rubio sala salud sangre santo segundo seguro senal siempre siglo silla sistema sitio sol sola soledad solicitud solo sombra sueno tiempo tienda tierra tipo todavia todo todos toro torre trabajo tres vaca valle
varios vega vegas ventana verdad verde vez viaje vida viejo viento vino voz
accesso accordo acqua aiuto alba albero allegato amico amore anno anni applicazione argento aria assistenza azienda banca bella bello bene bianca bianco bolletta bosco bruno buono cambio camera campo cane canto capo carta casa caso cavallo centro chiaro chiesa cielo citta codice computer conto contratto corso cosa cuore
dati domanda donna dopo dovrebbe errore esempio estate fatto fattura fatture felice ferro figlio file fine finestra fiore fiori fiume fondo forma forse forte fortuna forza foto franco fratello fuoco gallo gatto gente gioia giorno giorni giovane gloria grande grasso greco grosso gruppo guerra idea ieri indirizzo informazione informazioni
lago lato lavoro legge leone lettera letto libro linea lista luce luna lungo luogo macchina madre maggiore mano mare marino massimo mattina mente mese messaggio mezzo minuti modo momento mondo monte moro morte negro nero nome nota notte numero nuovo oggi oggetto ogni ordine ora oro ospedale pace padre paese pagamento pane parola parte passo persona piazza piccolo
piede pietra pioggia poco poi ponte porta porto posta posto prezzo prima primo problema problemi prodotto programma pronto proprio punto quale qualcosa qualcuno quanto quasi ragione re regina rete ricci ricevuta richiesta rimborso riva romano rosa rossa rosso russo sala sale sano santo sasso scuola sempre senso sera sereno serra servizio sito sole soldi spesa stampante stato stella storia strada sul tavolo tempo
terra tesoro testa tipo torre tutti tutto ufficio uomo uva valle vento verde vero via viaggio villa vino vista vita viola vittoria voce volpe volta
acesso agora ajuda amigo ano anos aplicativo arquivo assunto atendimento banco boleto branco cabeca caminho campo cartao carvalho casa cidade codigo coelho coisa compra conta contato contrato corpo cruz dado dados deus dinheiro direito
endereco entrega erro esperanca estado falta familia fatura faria favor ferreira filho flor fogo forca gente governo grande guerra historia homem hora hoje igreja informacao inicio internet jogo justo lado leal leao lei leite linha livro lobo lugar luz machado mae manha mao mar medo melhor mensagem mesa mes
moeda morte mulher mundo nada navio neve nome nota nova novo numero obra olhos ordem pagamento pai palavra paixao parte pato pau paz pedido pedra pereira pessoa pinheiro pinto ponte porta povo praia prazo preco problema processo produto pronto queijo rainha ramos razao rede rei resposta reclamacao ribeiro rio rocha rua sal
santos sede senha sempre servico silva sim sistema site sol sorte tempo terra teste tipo todo todos trabalho valente verdade vez viagem vida vinho voz
aanvraag aantal adres afdeling antwoord apparaat baas bakker bedrag bedrijf beeld berg bericht bestand bestelling betaling bezoek blok boek boer bos bosch brief broek brouwer bruin computer contract dag dank datum deel dekker dienst dijk ding
druk eind factuur feest foto fout geld gebruiker gegevens goed groen groot haan hand heel heel heuvel hoek hof hond huis idee inlog jaar jager jong kaart kamer kant keer kind klacht klein kleine klok koning kok kop kort kosten kuipers laatst land lang leven levering licht lijst
maal maan maand man meer meester meisje mens mensen menu minuut moeder molen mond morgen muur naam nacht netwerk nieuw nood nummer oud papier park plaats post prijs prins probleem product punt raad rekening reis ring rood schip schilder schoen school slot smit snel speler stad steen stem ster storing
straat stuk systeem taal tafel tijd tuin uur vader vader veld venster verbinding verzoek visser vlag vloer vogel volk voorbeeld vos vraag vragen vriend vriendelijk vrouw vrij wachtwoord wagen water week weg wens wereld werk wiel wind winter wit wolf woord zaak zee zin zoon zon zwart
adres blad bog bogaty bok brat brak burza cena chleb cichy ciemny czas czerwony dane data dlugi dobra dobrze dom dostep droga drzewo duch dzial dziecko faktura faktury gora gora gosc grupa haslo informacja informacje jasny jeden kawa klucz kobieta kod kolor komputer koniec konto kot kowal kraj krol krolik krotki ksiazka ktory las lato lek
lis linia lista list logowanie ludzie maly matka mazur mlody mieszkanie miasto mlot moc mroz nazwa nazwisko niebo noc nowy numer ogien ojciec okno okres osoba pan paczka papier piekny pies pieniadze platnosc plik pogoda pokoj pole pomoc praca problem problemy produkt prosty prosba przyklad ptak pytanie rada rachunek raz reka reklamacja rok rozmowa ryba rynek rzeka sam serce sila siostra
sklep slowo slonce sluchaj smutny sprawa staly stary stol strona swiat swiety syn system szary szef szkola telefon temat termin twarz tydzien ulica umowa urzad usluga uzytkownik warunek wiadomosc wiatr wilk wino wniosek woda wojna wolny wpis wybor wysoki zamek zamowienie zawsze zima ziemia zloty zly znak zwrot zycie zolty
adresa barva bily cas cena cerny cerveny cesta cesky chyba cislo clovek deti divka dite dlouhy dobry doklad dom doba dovolena drahy druhy dum dvere faktura heslo hlava hora hotovy hrad jeden jiny jmeno kolo konec kral kratky kuchar kupec kus led les lide list maly matka mesic mesto misto mlady modry moc most muz napad
nazev nemec novak novy objednavka oblast obchod obraz oci okno otec otazka pes pekny penize platba pokoj pole pomoc prace pravda prodej problem prosba prvni pocitac podpora pristup rada reka rok ruka rychly server skola slovo slunce smlouva smutny sneg soubor stary stav strana strom stroj stul svet svaty svoboda syn sytem tichy ucet ulice vec velky vesely vlk voda vojak vyrobek vysoky zadost zahrada zakladni zelený zelezny zima zlaty zeme zena
adress alltid anledning arbete arende baby bank barn berg bil bild blad blom bok bra bror brev dag dator del djup dotter fel faktura fil flicka folk fraga fragor fred frid fru gatan gammal gang gron gul guld hand hem hjalp hjart holm hus ingen is kall katt konto kort kung kvinna land lang lind liv ljus losenord lund mamma man manad mat mening mor morker mote namn natt natverk nord ny och ord paket pappa pengar plats
problem produkt rad rod ros sak sen sida sjo skog skola skrivare slut snabb sol son sten stor strand strom system tack tal tid torn tradgard trad tur vag van varld vatten vecka vinter vit ort oster aker hog angel
aamu aika apu asia elama hyva ilta isa joki kallio kaikki kala kansa kevat kesa kieli kirja kivi koski koti koulu kuu kuva kysymys laina laine lapsi lasku lehto lumi maa maki meri mies mina mökki nainen niemi nimi numero oja oma onni osoite paiva palvelu pilvi poika puhelin puu raha ranta rauha saari salo salasana sana satu sampo sankari silta suo syksy sydan talo talvi tieto tili tuli tuki tuuli tytto tyo usko vaara
vesi viesti vika virta virtanen yhteys ystava ongelma tilaus
acik adres ad akilli alan alp anne arac ara arkadas asker aslan ates ay ayna ayni baba bahar barış baris baskan bilgi bilgisayar bulut buyuk can cevap cicek cihan cok cozum dag dal deniz derin destek devrim dilek dogan dogru dost duman dunya durum elif emir engin eren erkek ev evren fatura fikir gece gelin genc gercek gok gonul gul gun gunes gurbet guven guzel haber hak hal hayat
hazan hesap hizmet ipek irmak is isim kahraman kalem kapi kara kart kaya kaynak kelebek kis kitap kiz konu kolay koray koc kral kullanici kurt kus ledi lale mavi mehtap mektup melek merkez mesaj mutlu nefes numara odeme ogretmen ok olay on onay orman oz ozel ozgur ozlem para park pembe pinar rica ruya ruzgar saat sabah sakin sari savas sehir selam sefer sen sevgi sevinc sifre simge sistem soru sorun soz su sule tarih tas teklif temiz toprak tuna turk ufuk umit umut urun
utku uzun yagmur yakin yaman yarin yasam yavuz yazi yazici yeni yesil yildirim yildiz yol yuksel zaman zafer zeka
ado ar beteg bor ember erdo feher fekete fia fiu haz ido juhasz kek kerdes kerek kezdo kis kiraly kovacs lakatos magyar molnar nagy nap nemet nev olah orban orosz pap piros pont resz sarga sipos sotet suto szabo szam szamla szeles szep szia szilagyi szolgaltatas takacs termek toth varga vad veres vilag virag voros zold
адрес анализ ангел аллея база банк бабочка беда белый берег билет брат будущее буква ветер вера весна вид вино вода война волк волна воля вопрос вопросы воробей время глава год голос гора город господь гость данные дата дверь дед дело день деньги дерево дом договор доступ дорога друг дух душа жизнь заказ закон замена заметка запрос заря заявка заяц звезда зима знак золото имя интернет информация
источник карта книга ключ код козел козлов колесо компания компьютер конец король кот красный край кровь круг кузнец лев лес лето лист лица логин лук любовь люди мастер мать медведь мельник месяц место мир молодой море мороз мост мысль надежда народ настройки небо неделя новый номер ночь обновление обращение объект огонь оплата описание остров ответ отдел отец отчет ошибка память пароль письмо
платеж победа подарок поле помощь порт портал поставка поэт правда праздник пример принтер проблема проблемы программа продукт проект пчела работа раз размер рис решение роза рука русский рыба свет сердце сервер сервис сеть система слава слово служба случай снег собака совет соловей солнце сон сообщение сорока срок статус стол сторона страна строка сумма счет сын тема тест тихий товар ток улица условие услуга утро учетная
файл форма хлеб цвет цена час человек черный число чудо шаг школа экран яблоко ягода язык актриса вовк багаття віра воля гора гроші дата день довідка договір друг життя заявка запит зима зірка коваль код край ліс любов людина мельник мир місто мова надія назва номер ніч пароль питання помилка помічник пошта правда проблема рахунок рис робота світ слава слово сонце списку рік технік файл час мороз
sys val handler skip stack refs conn bins minor math char lower constant nan bare held goto doc emit roots delta dot singleton prior bogus peer hide hence len marks odd cuda ran font dev echo pop ties
renders grab powers tiny repo nout fancy lex uni bail freely rout tilde fac atlas versa sane purl ham lie ceil hurt poll kick cop greet sha corr anon solver convey sine lies hung rand salmon lone bold
musi samo maja beda dziala nadal zera hasel gore jaka latek robi alfa obie domen mala inna lewa maks daja kody cal czlonka mie bedac lewa traci dostal uda cale galik kana tara celem lut potega kole utrata
ole vain koko arvo koska aina luo ota esim joko ajan alas tosi mika lue raja rikki tule poista sanaa jono lukita kata loki ika allas kierra sille kay
bara maxim mare lung ori asa lea stoc langa deb cea liber val sigur pare sarita seta dorita geo ales patru slaba edita harta reda omis dea goli oras fac vezi germana
antal sadan korte lys springer gore blot gren stien bakke linke foran dor koen sande hoppe ide bitten klammer lilla manuel mader ender fem harte sauber wal fugen rein breit mergen solange zic eben langer stiller frisch ferne
cadena ruta ordenes barra fuente cadenas campos filas maxima tecla borde izquierdo borra usada comas pareja casillas segura guardado carro parada crean edita cierra elige azul leia rueda capa hara salvo debera partida cuarta abarca toman altera barrera isla chapa goma esperanza sid hagan dano nacer tira frances aleman crea
musel mel melo sada sady mela roura cary mate jim umi site radka seda vyber koncit fialova mali radu siti jaka jine levo rika cela pera novak
barre racine nomme jeton lie fleche stocker lue canal omis marge constant lies tuile desiree aura monte edite tracee belle crete courtois trouve
meg merete irja mert margo majd ide hoz minta erre elo neven hamis sema kora jelen jon akar ize kulon atar tarolo adatu jogi fedele kora valo
saida ler usada serao fica chaves sai aba gera ira dada leva estes tera laco roda correr nessa vera tao minhas anel gosta eco gama clara sys aponte bonita fitas segura linhas
ine musia chyb nacin skupin zoznam hlinik ziadny kde moze
nell sia nelle nello manca muti sara hanno dai scaduto hai bianchi fusi modi letta canali misti segui manda tonda bassi toni essi dagli mette usata
adi deger olan ise geri alani metin gore baska cik eder ler sil kayit atla saga emin katı dis alana kendi doner alma almaz kalan ima tur tamam orta asla boru acar adin kenari isler yine bilinmeyen altin durdu sona basa olma yani ilgi oto durma cop ulke nam secme durmus hale guclu uzun sine alin zarar karma olarak zengin verdi yan esi hali dayar yuzde
feil etter verdi endre lage minne noe knapp angi annet lar mate enda sant ene lenka rens maten oss okt raden ferd
finns lasa bara andra ange lage nya minne satta kora vill dessa valda langa annars borja styr knapp varde borde koda karna kalla galler korta lanka losa haller fäger raknar ovrigt ratta sända gemen skugga
moet versie werd elke zal velden oude korte rand kent grote malen mee kader schakelaar sloot ketting wachter sprong lees wilde raden rode
будет цвета тома веса агент нано яким тони методи ігор весна красна
val mur bulut ulas kurul
"""

# Places: a person may be called Paris, but the city is more likely.
PLACES: Final = """
kiel london paris berlin munich munchen hamburg cologne koln frankfurt stuttgart dusseldorf leipzig dresden hannover nuremberg bremen vienna wien graz linz salzburg innsbruck
zurich geneva bern basel lausanne rome roma milan milano turin torino naples napoli venice venezia florence firenze bologna genoa genova palermo verona madrid barcelona valencia sevilla
seville malaga bilbao zaragoza granada cordoba toledo leon santander lisbon lisboa porto coimbra braga brussels bruxelles antwerp ghent bruges amsterdam rotterdam utrecht eindhoven
hague copenhagen aarhus odense stockholm gothenburg malmo uppsala oslo bergen trondheim helsinki tampere turku espoo warsaw warszawa krakow wroclaw poznan gdansk lodz katowice prague praha brno ostrava bratislava budapest debrecen
bucharest cluj sofia plovdiv varna athens thessaloniki istanbul ankara izmir bursa antalya moscow petersburg novosibirsk kazan samara kyiv kiev kharkiv odessa lviv minsk riga
vilnius tallinn zagreb split ljubljana maribor belgrade sarajevo skopje tirana dublin cork galway limerick belfast edinburgh glasgow aberdeen cardiff swansea manchester liverpool
birmingham leeds sheffield bristol newcastle nottingham leicester coventry oxford cambridge york bath brighton plymouth southampton portsmouth reading derby norwich exeter chester lincoln lancaster
york boston chicago houston phoenix philadelphia dallas austin seattle denver washington atlanta miami detroit portland memphis nashville baltimore charlotte columbus indianapolis
jacksonville milwaukee albuquerque tucson fresno sacramento oakland tampa cleveland pittsburgh cincinnati orlando buffalo richmond madison raleigh savannah hollywood brooklyn bronx manhattan queens vegas
toronto montreal vancouver calgary ottawa edmonton winnipeg quebec halifax victoria sydney melbourne brisbane perth adelaide canberra hobart darwin auckland wellington christchurch
tokyo osaka kyoto nagoya yokohama sapporo fukuoka seoul busan beijing shanghai shenzhen guangzhou hangzhou chengdu wuhan taipei kaohsiung bangkok phuket hanoi saigon jakarta
bandung surabaya manila cebu singapore lumpur mumbai delhi bangalore bengaluru chennai kolkata hyderabad pune ahmedabad jaipur lahore karachi islamabad dhaka kathmandu colombo
dubai doha riyadh jeddah mecca medina beirut amman damascus baghdad tehran jerusalem haifa cairo alexandria tunis algiers casablanca rabat lagos abuja accra nairobi mombasa
kampala johannesburg durban pretoria dakar mexico guadalajara monterrey tijuana bogota medellin cali quito lima caracas santiago valparaiso aires rosario mendoza montevideo brasilia
paulo rio janeiro salvador recife curitiba fortaleza alegre marseille lyon toulouse nice nantes strasbourg bordeaux lille rennes reims grenoble dijon angers nimes avignon cannes monaco versailles
germany france spain italy portugal poland czechia sweden norway denmark finland turkey russia ukraine greece israel india china japan korea thailand vietnam indonesia malaysia philippines
australia zealand canada brazil argentina chile peru colombia venezuela ecuador bolivia cuba jamaica panama rica egypt morocco algeria nigeria ghana kenya ethiopia tanzania uganda chad mali niger
ireland scotland wales england britain netherlands holland belgium luxembourg switzerland austria hungary romania bulgaria serbia croatia slovenia slovakia lithuania latvia estonia iceland
jordan lebanon syria iraq iran kuwait qatar oman yemen georgia armenia azerbaijan kazakhstan pakistan bangladesh nepal cyprus malta brittany carolina dakota virginia montana nevada arizona texas california florida ohio
alaska hawaii idaho iowa kansas kentucky louisiana maine maryland michigan minnesota mississippi missouri nebraska jersey oregon pennsylvania tennessee utah vermont wisconsin wyoming delaware connecticut illinois indiana alabama arkansas oklahoma
deutschland osterreich schweiz frankreich spanien italien polen schweden norwegen danemark finnland turkei russland england irland niederlande belgien ungarn rumanien griechenland
espana francia alemania italia inglaterra suiza allemagne espagne italie angleterre suisse belgique europa asien afrika amerika bayern sachsen hessen
москва россия украина киев харьков одесса львов київ харків одеса львів минск казань самара владимир европа азия америка германия франция париж лондон берлин польша варшава
αθηνα ελλαδα θεσσαλονικη πατρα κυπρος
"""

# Entries of word lists that are names first and words hardly ever.
SURE_NAMES: Final = """
antonio carlos felipe fernando francisco garcia gonzalez jorge jose juan luis lopez manuel maria martin miguel pablo pedro rafael rodriguez perez
david boleslav jakub jaromir jaroslav hana havel john katerina leonardo petr tomas zdenek zuzana claire francois jan piotr bjorn kristen
robert thomas daniel sarah laura peter paul eric henry clark bruce sean connor carmen heather kristin marta simon
alexander michael james william elena anna julia ella jan ben dan kim marco eva tim tom mari jo noa mia anne anni andre bianca bruno
cristiano fred gloria nick nino norma pietro regina stella bella elif emir eren engin leone manuel lea len lenka margo sid adi
jon maxim sanne bernd ole jim sara clara vera ana lina nina rita

"""

# Function words of one language that are given names in another: ambiguous instead of impossible.
SOFT: Final = """
augustus per dag ola ela cara mai una ona ale alexa anda ani asia august avril cassandra cher etta gia jen jos jul juli julio julius june juni kara
kasim lei mar mei mila oli pero sina su toi trong uno yang ya april may sam han mina ruby jenkins norton bosch sun more maj mars tu ty
"""

# Names that the lists lack.
NAMES: Final = "jon ravi"

# Firms and places made of names.
BRANDS: Final = """\
wells fargo|mercedes benz|calvin klein|ralph lauren|louis vuitton|tommy hilfiger|jack daniels|johnson johnson|ernst young|morgan stanley|goldman sachs|charles schwab
john deere|harley davidson|rolls royce|aston martin|alfa romeo|philip morris|marks spencer|hewlett packard|thomas cook|thomson reuters|ben jerry|barnes noble|jp morgan
merrill lynch|american express|henry schein|max planck|los angeles|las vegas|barclays bank|lloyds bank|deutsche bank|santander bank|estee lauder|mary kay|ann taylor
visual basic|visual studio|active directory|red hat|virgin media|virgin atlantic|dr oetker|hugo boss|robert bosch|jack wolfskin|lee cooper|levi strauss|smith wesson|black decker
george washington bridge|martin luther king|saint john|el paso|costa rica|sierra leone|puerto rico|hong kong|tel aviv|new york|cape town|baden baden|monte carlo|silicon valley
carl zeiss|ferrero rocher|dolce gabbana|don quijote|sankt gallen|victoria station|jordan river|paris hilton|murphy law|moore law"""
