"""Group common words that are said for each other in names of tasks; for ranking candidates, never for a match.

Plain English, no names of skills: what is done (monitor, watch), with what (tool, device), for whom (client, customer).
"""

from __future__ import annotations

from functools import cache
from typing import Final

from recommender.matcher.forms import stem

__all__ = ["group"]

_GROUPS: Final = """
operate run use utilise utilize employ handle tend apply drive work
monitor watch supervise oversee observe track survey control
make produce manufacture create build construct fabricate craft
assemble install mount fit set put
check inspect examine test verify review assess evaluate analyse analyze appraise investigate audit scrutinise study
advise consult counsel inform recommend guide suggest
teach train instruct educate coach tutor explain lecture
maintain repair service fix mend restore upkeep
manage lead direct administer coordinate organise organize head arrange
help assist support aid
write draft compose author prepare
develop design devise plan formulate elaborate
perform conduct execute undertake carry do complete
follow comply adhere observe respect obey keep
give provide supply offer deliver
get obtain acquire procure purchase buy
sell market promote advertise
choose select pick identify determine define
estimate calculate compute measure quantify
clean wash clear cleanse
move transport carry transfer haul convey ship
remove extract take strip
answer respond reply react
ensure assure guarantee secure safeguard
improve optimise optimize enhance increase upgrade
present show display demonstrate exhibit
talk speak communicate discuss converse
cut trim shear slice
join attach connect fasten link
change alter modify adjust adapt amend
collect gather assemble compile
store keep stock stow
encourage foster stimulate motivate promote
detect find spot discover
predict forecast anticipate foresee
record document log register note
understand comprehend interpret grasp
protect guard safeguard preserve conserve
recruit hire employ
negotiate bargain
begin start initiate launch
finish complete end
reduce decrease lower minimise minimize
solve resolve
update renew refresh
schedule plan timetable
load fill charge
process treat
sort separate grade classify categorise
share distribute disseminate
cope deal handle manage
establish set found create
ship vessel boat
client customer guest patron consumer
car vehicle automobile
staff personnel employee worker team
document paperwork documentation file record
photo photograph picture image
child kid youngster
doctor physician
job work task duty assignment
company firm business enterprise organisation organization
method technique procedure approach practice practise
tool equipment instrument device apparatus appliance utensil
machine machinery
rule regulation law legislation standard requirement guideline
product goods item merchandise commodity
aircraft plane airplane
student pupil learner
luggage baggage suitcase
house home dwelling
food meal dish
illness disease sickness
waste rubbish garbage refuse
money cash fund
area field domain sector
policy strategy
programme program scheme
problem issue
data information
meeting conference
verbal spoken oral
quality standard
price cost rate
"""


@cache
def _groups() -> dict[str, str]:
    """Stem the groups when first needed; a word of several groups belongs to the first."""
    lines = [line.split() for line in _GROUPS.strip().splitlines()]
    return {stem(word): words[0] for words in reversed(lines) for word in words}


def group(word: str) -> str | None:
    """Name the group of a word, None if it has none.

    >>> group("supervising") == group("monitor"), group("python")
    (True, None)
    """
    return _groups().get(stem(word))
