"""The case record forms, in the order in which a coordinator fills them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from registry.forms.aliquot import Aliquot
from registry.forms.allo import AlloTransplant
from registry.forms.antibody import Antibody
from registry.forms.base import FORM_VERSION, CaseForm, CenterForm, Column, Item, MissingCode
from registry.forms.blood_count import BloodCount
from registry.forms.center import Center
from registry.forms.chimerism import Chimerism
from registry.forms.collection import Collection
from registry.forms.comorbidity import Comorbidity
from registry.forms.complication import Complication
from registry.forms.conmed import ConcomitantMedication
from registry.forms.course import Course
from registry.forms.diagnosis import Diagnosis
from registry.forms.donor import Donor
from registry.forms.drug import DrugAdministration
from registry.forms.fitness import Fitness
from registry.forms.followup import FollowUp
from registry.forms.genetics import Genetics
from registry.forms.hla import Hla
from registry.forms.immune import ImmuneMonitoring
from registry.forms.infusion import Infusion
from registry.forms.kir import Kir
from registry.forms.mrd import Mrd
from registry.forms.patient import Patient
from registry.forms.plan import Plan
from registry.forms.radiation import Radiation
from registry.forms.response import ResponseAssessment
from registry.forms.transfusion import Transfusion

FORMS: Mapping[str, type[CenterForm]] = MappingProxyType(
    {
        form.form: form
        for form in (
            Center,
            Patient,
            Diagnosis,
            Genetics,
            Fitness,
            Comorbidity,
            Plan,
            Hla,
            Donor,
            Kir,
            Antibody,
            Collection,
            Aliquot,
            Course,
            DrugAdministration,
            Infusion,
            ConcomitantMedication,
            Radiation,
            Transfusion,
            BloodCount,
            ResponseAssessment,
            Mrd,
            Chimerism,
            ImmuneMonitoring,
            Complication,
            AlloTransplant,
            FollowUp,
        )
    }
)

__all__ = ["FORMS", "FORM_VERSION", "CaseForm", "CenterForm", "Column", "Item", "MissingCode"]
