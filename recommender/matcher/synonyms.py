"""Group common words that are said for each other in names of tasks; for ranking candidates, never for a match.

Plain English, no names of skills: what is done (monitor, watch), with what (tool, device), for whom (client, customer).
A word may belong to several groups: "run" is said for "operate" and for "manage", which are not said for each other.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from recommender.matcher.forms import stem

__all__ = ["GROUPS", "groups", "plain_english", "plain_words"]

_GROUPS_TEXT: Final = """
operate run use utilise utilize employ handle tend apply drive work control |
use apply employ utilise utilize exploit adopt practise |
monitor watch supervise oversee observe track survey control surveil follow |
make produce manufacture create build construct fabricate craft generate form |
assemble install mount fit set put erect join | install implement deploy setup introduce |
check inspect examine test verify control review |
assess evaluate analyse analyze appraise judge rate estimate review |
investigate examine research study explore analyse analyze probe inquire |
audit scrutinise scrutinize review examine |
advise consult counsel inform recommend guide suggest advice counselling |
teach train instruct educate coach tutor explain lecture mentor |
maintain repair service fix mend restore upkeep overhaul refurbish |
maintain keep preserve uphold sustain retain |
manage lead direct administer coordinate organise organize head run supervise oversee govern |
coordinate organise organize arrange plan schedule | control regulate govern manage |
help assist support aid back | write draft compose author prepare formulate |
develop design devise plan formulate elaborate create conceive | plan prepare organise organize arrange design |
perform conduct execute undertake carry do complete effect implement |
implement introduce establish execute apply enforce |
follow comply adhere observe respect obey keep abide conform meet | meet fulfil fulfill satisfy comply |
give provide supply offer deliver furnish grant | get obtain acquire procure purchase buy source secure gain |
sell market promote advertise vend retail trade | promote encourage advocate support endorse foster advance |
choose select pick opt decide |
identify determine define recognise recognize establish detect distinguish spot diagnose |
distinguish differentiate discriminate tell identify |
estimate calculate compute measure quantify gauge assess forecast | measure gauge quantify weigh |
clean wash clear cleanse tidy sanitise sanitize disinfect hygiene cleanliness scrub wipe |
disinfect sterilise sterilize sanitise sanitize decontaminate |
move transport carry transfer haul convey ship lift shift relocate | lift raise hoist |
remove extract take strip eliminate withdraw discard | dispose discard scrap waste eliminate |
answer respond reply react | ensure assure guarantee secure safeguard maintain verify |
improve optimise optimize enhance increase upgrade boost better refine | increase raise grow expand boost |
grow cultivate raise plant breed | breed rear raise | present show display demonstrate exhibit showcase expose |
talk speak communicate discuss converse | communicate convey inform transmit liaise interact |
liaise interact communicate cooperate collaborate contact | collaborate cooperate liaise partner team |
maintain build establish develop foster | cut trim shear slice carve chop saw | crush grind squeeze mill press |
grind polish sand smooth buff | attach connect fasten link join bind affix fix |
combine merge integrate blend mix unite | mix blend stir combine |
change alter modify adjust adapt amend vary revise edit | adjust regulate tune set calibrate vary |
collect gather assemble compile accumulate pick | harvest pick reap collect gather |
store keep stock stow warehouse storage save | encourage foster stimulate motivate promote inspire |
detect find spot discover locate | find search seek locate look | search seek hunt look research |
predict forecast anticipate foresee project | record document log register note track |
report notify inform announce | understand comprehend interpret grasp read know |
interpret explain construe translate | protect guard safeguard preserve conserve secure defend |
prevent avoid avert stop deter | recruit hire employ enlist engage appoint | dismiss discharge fire lay |
negotiate bargain mediate settle | begin start initiate launch commence |
finish complete end finalise finalize close conclude |
reduce decrease lower minimise minimize cut lessen mitigate | solve resolve troubleshoot fix |
update renew refresh revise modernise modernize | schedule plan timetable rota roster |
load fill charge stack pile | stack pile heap load | unload discharge empty | process treat handle work |
sort separate grade classify categorise categorize segregate order |
separate segregate divide split part isolate | share distribute disseminate spread circulate |
assign allocate delegate distribute allot | cope deal handle manage tackle | establish set found create start |
steer navigate drive pilot sail | drive operate ride steer | fly pilot | heat warm cook | cook prepare bake |
serve attend wait | welcome greet receive | care nurse tend look | treat heal cure remedy therapy | feed nourish |
bind tie | paint colour color coat | coat cover varnish lacquer finish glaze | decorate ornament adorn embellish |
sew stitch | weld solder braze join | bend fold curve | shape form mould mold | drill bore pierce perforate |
dig excavate | lay place put install | place position put set locate | build lay erect |
demolish dismantle destroy wreck break | dismantle disassemble | pack package wrap | label mark tag |
learn study acquire | think reason | decide determine resolve choose |
approve authorise authorize permit allow sanction accept validate certify | validate verify confirm certify |
confirm verify check | enforce impose apply | request ask apply demand order | order purchase request |
pay settle remunerate | charge bill invoice | save conserve | fund finance sponsor | raise collect |
accompany escort | guide lead conduct | inspect survey | map chart plot | draw sketch illustrate depict |
draw design draft | depict represent portray illustrate | represent act speak | perform act play |
rehearse practise practice | record tape film | film shoot record | edit revise correct |
correct rectify mend proofread edit | summarise summarize abstract |
describe depict explain characterise characterize | explain clarify describe illustrate | compare contrast |
conclude infer | review revise | evaluate value appraise | value price | set establish determine |
specify define detail | design style | model simulate | code encode program | configure set customise customize |
customise customize adapt tailor personalise personalize | migrate transfer move convert |
convert transform change | translate convert transform | test try trial | try attempt | demonstrate prove show |
cooperate work | participate attend join take engage | contribute participate | attend visit | visit tour |
travel tour journey trip | host hold | handle manipulate manoeuvre maneuver treat | manipulate handle work |
care concern | inject insert | wear dress clothe | dress clothe attire | balance equilibrate | align adjust |
lubricate grease oil | extinguish quench | rescue save | evacuate clear | patrol guard | arrest detain |
prosecute sue litigate | testify witness | judge adjudicate | legislate regulate | vote elect |
campaign advocate | lobby advocate | spread distribute apply | spray apply | water irrigate |
fertilise fertilize manure | prune trim | slaughter butcher kill | butcher cut | milk dairy | brew ferment |
distil distill | taste sample | sample test | count tally number | calculate reckon compute |
analyse analyze break | triage prioritise prioritize rank | prioritise prioritize rank order | rank rate |
stretch extend | extend expand prolong | widen broaden expand | trim finish | finish polish | twist spin |
spin spindle yarn | knit crochet knitwear | weave loom | client customer guest patron consumer buyer shopper |
patient client healthcare user | car vehicle automobile auto motor | vehicle car truck lorry bus |
ship vessel boat watercraft maritime | maritime marine nautical naval sea | navy naval |
aircraft plane airplane aeroplane flight aviation | aviation aeronautical flight air aerial aeronautics |
airport aerodrome airfield | train rail railway railroad locomotive | rail track railway | bicycle bike cycle |
road highway street | staff personnel employee worker team workforce crew member | member participant |
team group crew | manager supervisor boss | colleague coworker peer | boss superior manager |
document paperwork documentation file record paper | report document statement |
photo photograph picture image photographic | image picture visual | child kid youngster infant |
young youth adolescent teenager | old elderly aged senior | infant baby newborn | woman female | man male |
mother maternal | family relative kin | doctor physician medic | nurse nursing |
medicine drug medication pharmaceutical | medical clinical health healthcare |
health healthcare wellness wellbeing | illness disease sickness disorder condition ailment | injury wound trauma |
pain ache | tooth dental teeth | eye ophthalmic vision optical visual | heart cardiac | brain neural cerebral |
blood haematology hematology | bone skeletal orthopaedic orthopedic | skin dermal cutaneous |
mind mental psychological psyche | mental psychological psychiatric | psychotherapy psychotherapeutic psychology |
speech spoken voice | hearing auditory audiology | job work task duty assignment | task activity duty operation |
activity operation action | operation procedure process |
company firm business enterprise organisation organization corporate corporation | business commercial trade |
method technique procedure approach practice practise way | procedure process protocol |
tool equipment instrument device apparatus appliance utensil gear |
equipment machinery gear apparatus machine plant |
rule regulation law legislation standard requirement guideline | law legal legislation juridical |
legal law lawful | requirement need demand | product goods item merchandise commodity good ware article |
student pupil learner trainee | trainee apprentice | teacher instructor educator tutor |
school educational academic | lesson class course | course programme program training |
exercise workout fitness training | luggage baggage suitcase | house home dwelling residential household |
building structure house construction | structure framework frame | room chamber space | office workplace |
shop store outlet | restaurant catering | hotel accommodation lodging hospitality |
food meal dish catering cuisine foodstuff | drink beverage | meat carcass | fish seafood aquaculture fishery |
fish aquatic | animal livestock cattle | cattle cow bovine | horse equine | dog canine | pig swine |
chicken poultry | bird poultry avian | plant crop vegetation | tree forest wood timber |
forest forestry woodland | wood timber lumber wooden | garden horticulture horticultural |
farm agriculture agricultural | agricultural farming | soil earth ground land | water aquatic hydraulic |
wine vineyard grape viticulture | vineyard vine | waste rubbish garbage refuse litter |
environment environmental ecological ecology | sustainable environmental ecological green |
pollution contamination | climate weather | weather meteorological meteorology |
meteorological meteorology climate | money cash fund currency | financial finance monetary fiscal economic |
tax fiscal | economic economy economical | budget budgeting | price cost rate fee tariff |
profit earning revenue gain | revenue income | loan credit lending | debt liability | insurance insure |
account ledger | asset property | property estate | accounting bookkeeping | investment invest | stock inventory |
stock share equity | area field domain sector | region area district | policy strategy | strategy plan |
plan programme scheme | programme program scheme | project initiative | goal objective target aim |
problem issue trouble difficulty fault | fault defect error failure | error mistake bug | damage harm |
risk hazard danger | hazard danger threat | emergency crisis urgent | secure safe | incident accident event |
event function occasion | data information | information info knowledge | message note |
meeting conference session appointment | meeting gathering | verbal spoken oral | written textual |
language linguistic tongue | text writing | quality standard | result outcome finding |
effect impact consequence influence | cause reason | relationship relation | contact relationship |
network networking | computer computing computerised computerized it ict |
software application program programme tool | internet web online cyber | cyber security | website web site page |
mobile phone smartphone | phone telephone call | email mail | mail post postal letter |
digital electronic computerised computerized | electronic electronics | electric electrical electricity |
electricity power | energy power | engine motor | mechanical mechanics | automate automatic automated |
robot robotic | sensor detector | malware virus | spam junk | garment clothing apparel clothes dress |
clothing clothes apparel wear | fabric cloth material textile | fibre fiber | yarn thread fibre | leather hide |
shoe footwear | jewellery jewelry jewel | stone rock masonry | brick masonry | concrete cement | metal metallic |
steel iron | glass glazing | plastic polymer | rubber elastomer | paper pulp | chemical chemistry |
substance material chemical | oil petroleum | gas gaseous | mine mining mineral | mineral ore |
pipe pipeline tube piping | wire cable | pump pumping | tank container vessel | container vessel receptacle |
box case crate | cargo freight load shipment | freight cargo shipping | delivery shipment supply |
supplier vendor provider | trader merchant dealer | sale selling | market marketplace |
advertisement advert advertising ad | brand trademark | campaign drive | art artistic artwork |
artist performer artistic | music musical | song vocal | dance dancing choreography |
choreographic dance choreography | theatre theater stage drama | film movie cinema | show performance production |
performance play show | script screenplay | book publication | publication journal | article paper |
news journalism journalistic | story narrative | library archive | museum gallery exhibition |
exhibition exhibit display | culture cultural | history historical | religion religious | ritual ceremony rite |
prayer worship | sport athletic sporting | athlete sportsman | game gaming gambling | gambling betting lottery |
lottery lotto | tourist visitor traveller traveler | tourism travel | passenger traveller | visitor guest |
citizen public | community social | social society | public government civic | government governmental public |
military army defence defense | weapon firearm arm | police law | prison correctional | offender criminal |
crime criminal | court judicial | lawyer attorney solicitor | contract agreement | agreement deal |
complaint grievance | dispute conflict | ethics ethical moral | right entitlement | discrimination bias |
diversity inclusion | feedback comment | opinion view | question query enquiry inquiry | need want |
concept notion idea | creative creativity inventive | creativity imagination | innovation innovative |
science scientific | scientific academic scholarly | experiment test trial | laboratory lab |
statistics statistical | mathematics mathematical math | theory theoretical | model representation |
representation depiction | drawing sketch plan | plan blueprint | map chart cartography | space spatial |
spatial dimensional | size dimension | weight mass | temperature thermal heat | cold refrigeration cooling |
cool cold | sound audio acoustic | video film | light lighting | time period | time schedule deadline |
deadline date | daily everyday | annual yearly | fast quick rapid | quick rapid swift | big large major |
small minor little | new novel modern | necessary required needed | relevant appropriate suitable |
appropriate suitable proper | suitable adequate | different various diverse | various diverse varied |
difficult hard challenging | challenging demanding | calm composed | stress pressure | stressful pressure |
patience patient calm | empathy sympathy compassion | honest integrity | fair equitable | independent autonomous |
flexible adaptable | adapt flexible | responsible accountable | responsibility accountability |
confidential privacy | privacy confidentiality | transparent transparency open | openness transparency |
accurate precise exact | precision accuracy | attention focus | detail particular |
special specialised specialized specific | foreign international | international global | global worldwide |
domestic home | local regional | handmade manual hand | physical bodily | body physical |
abnormal abnormality anomaly | validity valid | bid offer tender | allocation assignment |
protection safety security | guideline instruction direction | instruction direction command |
order command instruction | leadership lead | skill competence ability competency | ability capability capacity |
knowledge know understanding | expertise specialism | career professional occupation | profession occupation job |
professional occupational | workplace work site | site place location | part component piece | element component |
spare replacement | replace substitute exchange | swap exchange | borrow lend | rent lease hire | rental lease |
reservation booking | booking reserve | ticket fare | register enrol enroll | registration enrolment enrollment |
certificate licence license certification | licence license permit | permit licence authorisation |
form template | list register | archive file | input enter | enter type | type key | backup restore |
recover restore retrieve | retrieve recover get | warehouse depot storage | furniture furnishing |
kitchen cooking | bathroom sanitary | plumbing sanitary | roof roofing | floor flooring | wall partition |
window glazing | door gate | heating heater | ventilation air | conditioning climate | waterproof watertight |
insulation insulate | scaffolding scaffold | crane hoist | excavator digger | tyre tire | brake braking |
wheel rotor | wheelchair mobility | disability disabled impairment | cleaning hygiene |
hygiene sanitation cleanliness | laundry linen washing | hair hairdressing | beauty cosmetic | makeup cosmetic |
massage therapy | therapy treatment | diagnosis diagnostic | symptom sign | surgery surgical operation |
vaccine vaccination immunisation immunization | pregnancy prenatal | birth delivery | death funeral |
funeral burial | grief bereavement | addiction dependency | alcohol liquor | smoke tobacco | tobacco cigarette |
cosmetics cosmetic | dry dehydrate cure | bread bakery baking | petrol gasoline fuel diesel | sock stocking |
hat cap | knife blade | spoon fork cutlery
"""
GROUPS: Final = tuple(tuple(group.split()) for group in _GROUPS_TEXT.split("|"))

# Verbs of two words, and the plain verb that says the same.
_PHRASES_TEXT: Final = """
carry out: perform | set up: install | put up: install | look after: care |
take care: care | point out: identify | find out: identify | get rid: remove |
deal with: handle | cope with: handle | keep up: maintain | put together: assemble |
take apart: dismantle | break down: dismantle | break up: dismantle | fill in: complete |
fill out: complete | write up: write | hand over: transfer | bring up: rear |
take off: remove | throw away: dispose | get ready: prepare | make sure: ensure |
make up: create | draw up: write | work out: calculate | work with: collaborate |
try out: test | check out: check | go over: review | go through: review |
look for: search | search for: search | sign up: register | take part: participate |
clean up: clean | tidy up: clean | pick up: collect | pick out: select |
speed up: accelerate | follow up: follow | start up: start | shut down: stop |
put out: extinguish | lay out: design | build up: build | phase out: remove |
roll out: deploy | scale up: expand | take over: acquire | turn into: convert |
act as: perform
"""
_PHRASES: Final = [phrase.replace(":", " ").split() for phrase in _PHRASES_TEXT.split("|")]
_SECONDS: Final = frozenset(second for _, second, _ in _PHRASES)


@cache
def plain_english() -> frozenset[str]:
    """Hold the words of all groups: common words of English, which are no misspellings."""
    return frozenset(word for words in GROUPS for word in words)


@cache
def _groups_of_stems() -> dict[str, tuple[int, ...]]:
    """Stem the groups when first needed."""
    found: dict[str, dict[int, None]] = {}
    for number, words in enumerate(GROUPS):
        for word in words:
            found.setdefault(stem(word), {})[number] = None
    return {root: tuple(numbers) for root, numbers in found.items()}


def groups(word: str) -> tuple[int, ...]:
    """Number the groups of a word, by its stem; none for a word that is said for no other.

    >>> bool(set(groups("supervising")) & set(groups("monitor"))), groups("python")
    (True, ())
    """
    return _groups_of_stems().get(stem(word), ())


@cache
def _first_stems() -> dict[tuple[str, str], str]:
    return {(stem(first), second): plain for first, second, plain in _PHRASES}


def plain_words(words: list[str]) -> list[str]:
    """Say verbs of two words in one, in any inflection.

    >>> plain_words(["pointing", "out", "faults"]), plain_words(["data", "entry"])
    (['identify', 'faults'], ['data', 'entry'])
    """
    if _SECONDS.isdisjoint(words):
        return words
    said: list[str] = []
    for word in words:
        plain = _first_stems().get((stem(said[-1]), word)) if said and word in _SECONDS else None
        if plain is None:
            said.append(word)
        else:
            said[-1] = plain
    return said
