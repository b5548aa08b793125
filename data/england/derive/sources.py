"""Where the facts come from: reading data/sources and the plan's source table."""

from pathlib import Path

import pandas

FOLDER = Path(__file__).resolve().parents[2] / "sources"

OGL = "OGL v3"

# key, title with the file used, publisher, published, licence, status
SOURCES = [
    ("footprints", "Footprints, clinical commissioning groups and councils: names, codes and look-ups "
     "(lookups/stp44_footprints_2017, ccg16_ccg17_stp17, ltla17_utla17)", "ONS Geography", "2017", OGL, "published"),
    ("ccg_split", "Cumbria CCG split between its two footprints by resident population "
     "(population/stp17_registered_pop)", "ONS; NHSBSA", "2017", OGL, "derived"),
    ("commissioner_share", "NHS England's own commissioning shared over the footprints by CCG allocation",
     "", "", "", "derived"),
    ("council_share", "Councils shared over footprints by resident population, mid-2017 "
     "(population/lad17_by_stp17_population)", "ONS", "2018", OGL, "derived"),
    ("trust_place", "Acute trusts by footprint in 2017/18 (lookups/trust_stp_2017_18); others by their 2021 footprint "
     "(lookups/trust_ods_etr_2021)", "Health Foundation; NHS Digital ODS", "2019; 2021", f"MIT; {OGL}", "derived"),
    ("trust_placed", "Trusts placed by hand in the area they served in 2015/16, shares by CCG allocation",
     "", "", "", "assumed"),
    ("registered", "Registered population January to March 2016 by sex and age, moved to each 30 June by the growth of "
     "the resident population (population/stp17_registered_pop, stp17_population)", "NHSBSA; ONS", "2016; 2021", OGL,
     "derived"),
    ("accounts", "Trusts' income and financial position 2015/16 (providers/financial_positions)",
     "NHS Improvement, compiled by M. Asaria", "2019", f"{OGL}; compilation LGPL-3.0", "published"),
    ("beds", "KH03 available and occupied beds 2015/16 (providers/beds)", "NHS England, compiled by M. Asaria", "2019",
     f"{OGL}; compilation LGPL-3.0", "published"),
    ("stay", "Length of stay at which 2015/16 admissions fill the beds occupied in KH03", "", "", "", "derived"),
    ("trust_names", "Names and kinds of providers (providers/nhs_provider, activity/eric_2015_16)", "NHS Digital",
     "2016", OGL, "published"),
    ("contract", "A trust's commissioner income shared among CCGs by distance and allocation, then by service at "
     "published unit costs; activity from A&E and HES returns by trust", "", "", "", "derived"),
    ("specialised", "NHS England's specialised allocation shared among trusts by kind of trust", "", "", "", "derived"),
    ("spending_split", "Share of CCG allocations spent outside trusts, by service", "", "", "", "assumed"),
    ("independent", "NHS-funded admissions in independent hospitals, HES 2015/16 (providers/inpatient_data), and A&E "
     "attendances outside trusts, at published unit costs, shared by allocation", "NHS Digital; NHS England", "2016",
     OGL, "derived"),
    ("allocations", "NHS England allocations 2015/16 to 2020/21 (published/nhse_allocations_2015_2021)",
     "NHS England, via CIPFA", "2016", OGL, "published"),
    ("ccg_allocations", "National CCG allocations shared by CCG core allocations 2017/18 and 2018/19 "
     "(finance/ccg_core_allocations_2018_19)", "NHS England", "2018", OGL, "derived"),
    ("outturn", "Council revenue outturn, net current expenditure 2015/16 to 2017/18 "
     "(socialcare/la_revenue_outturn)", "MHCLG", "2018", OGL, "published"),
    ("gross_care", "Council net spending plus Better Care Fund income, split by expenditure "
     "(socialcare/pssex1_2015_16)", "MHCLG; NHS Digital", "2016", OGL, "derived"),
    ("better_care", "Councils' Better Care Fund income 2015/16 (socialcare/pssex1_2015_16), raised with CCG "
     "allocations", "NHS Digital", "2016", OGL, "derived"),
    ("care_funding", "Social care precept and improved Better Care Fund, England (published/figures), shared by net "
     "spending", "House of Commons CLG Committee, HC 47; Spring Budget 2017", "2017", "Parliamentary Licence; OGL v3",
     "derived"),
    ("flat_council", "Councils' own social care and public health budgets flat in cash", "", "", "", "assumed"),
    ("other_income", "Trust income from other than commissioners, matched by its cost", "", "", "", "assumed"),
    ("prices", "Economic assumptions 2016/17 to 2020/21 (published/nhsi_economic_assumptions)", "NHS Improvement",
     "2016", OGL, "published"),
    ("deflator", "GDP deflator, December 2023 (finance/gdp_deflator_hmt_dec2023)", "HM Treasury", "2023", OGL,
     "published"),
    ("care_prices", "Prices of home care and care homes", "", "", "", "assumed"),
    ("growth", "Published activity growth (Feeling the crunch) less the demographic growth of this plan",
     "Nuffield Trust", "2016", "quoted figure", "derived"),
    ("spend_per_head", "NHS spending per head by age and sex 2014/15 (costs/nhs_spend_per_head)",
     "M. Asaria, University of York", "2017", "GPL-3.0", "derived"),
    ("care_per_head", "Council care spending per head under and over 65 (socialcare/pssex1_2015_16)", "NHS Digital",
     "2016", OGL, "derived"),
    ("planned_reductions", "Reductions of activity planned by 2020/21 across STPs: least, most and mean "
     "(published/figures)", "Nuffield Trust, C. Imison", "2017", "quoted figure", "published"),
    ("planned_efficiency", "Efficiency of 2% a year asked of providers, 2016/17 to 2020/21 (published/figures)",
     "NHS Improvement", "2016", OGL, "published"),
    ("scale", "Least and most of the published reductions over their mean", "", "", "", "derived"),
    ("replacement", "Hospital care moved at the published mean reduction; what takes its place is set out in README.md",
     "Nuffield Trust, C. Imison; unit costs: NHS Improvement, National Audit of Intermediate Care", "2017",
     "quoted figures", "assumed"),
    ("scheme_costs", "Running, double running and programme costs of schemes, set out in README.md", "", "", "",
     "assumed"),
    ("workforce", "Staff by the pay share of unit costs and one cost of a whole-time equivalent", "", "", "",
     "assumed"),
    ("mortality", "UK death rates by age and sex 2015 and 2016 (outcomes/uk_death_rates_by_age_sex), scaled to the "
     "published life expectancy of 2015 to 2017 (outcomes/life_expectancy); good health by age "
     "(outcomes/good_health_by_age_uk), moved to the published healthy life expectancy "
     "(outcomes/healthy_life_expectancy)", "Human Mortality Database; Public Health England; ONS", "2018",
     f"CC BY 4.0; {OGL}", "derived"),
    ("mortality_health_estimated", "As mortality, but healthy life expectancy is mostly that of councils with the same "
     "life expectancy", "Human Mortality Database; Public Health England; ONS", "2018", f"CC BY 4.0; {OGL}", "derived"),
    ("mortality_trend", "UK death rates 2011 to 2016, at fixed numbers of people by age "
     "(outcomes/uk_death_rates_by_age_sex)", "Human Mortality Database", "2018", "CC BY 4.0", "derived"),
    ("deprivation", "Life expectancy by tenth of deprivation within each council, 2014 to 2016, councils pooled "
     "(outcomes/life_expectancy_by_area_decile)", "Public Health England", "2018", f"{OGL}; package GPL-3.0",
     "derived"),
    ("qof", "Quality and Outcomes Framework registers 2015/16 over everybody registered "
     "(outcomes/qof_prevalence_ccg)", "NHS Digital", "2016", OGL, "derived"),
    ("smoking", "Adults who smoke, England 2015, taken to be the same everywhere (published/figures)",
     "Public Health England", "2016", OGL, "published"),
    ("smoking_risk", "Shares of deaths and admissions due to smoking, as relative risks of current smokers "
     "(published/figures)", "NHS Digital, Statistics on Smoking, England 2017", "2017", OGL, "derived"),
    ("stop_smoking", "Stop smoking services of the size of 2010/11, at published quit rates and cost, set out in "
     "README.md", "", "", "", "assumed"),
    ("rtt", "Referral to treatment, incomplete pathways of trusts, 31 March (providers/RTT)",
     "NHS England, compiled by M. Asaria", "2019", f"{OGL}; compilation LGPL-3.0", "derived"),
    ("ae_four_hours", "Four-hour performance 2015/16 by trust (providers/AE), at its attendances",
     "NHS England, compiled by M. Asaria", "2019", f"{OGL}; compilation LGPL-3.0", "derived"),
    ("delays", "Delayed days by council 2015/16 (activity/dtoc_delayed_days_by_la)", "NHS England", "2016", OGL,
     "derived"),
    ("shmi", "Summary hospital-level mortality indicator 2015/16 (providers/shmi); expected deaths shared among "
     "trusts by emergency admissions", "NHS Digital, compiled by M. Asaria", "2019", f"{OGL}; compilation LGPL-3.0",
     "assumed"),
    ("preventable", "Preventable mortality under 75, 2015, by council (outcomes/mortality_rate)",
     "Public Health England", "2018", OGL, "derived"),
    ("care_survey", "Adult Social Care Outcomes Framework 2015/16, ease of finding information "
     "(socialcare/ascof_measures); answers shared among councils by residents", "NHS Digital", "2016", OGL,
     "derived"),
    ("estate", "Estates return 2015/16 (activity/eric_2015_16); target of the Carter review", "NHS Digital; Department "
     "of Health", "2016", OGL, "derived"),
    ("quality_schemes", "Waits and delays held at published levels, what that takes set out in README.md", "", "", "",
     "assumed"),
    ("fund_rule", "How the sustainability fund of 2016/17 was earned (published/figures)",
     "Healthcare Financial Management Association", "2016", "quoted figure", "published"),
    ("claims", "Gaps that the average plan leaves", "", "", "", "derived"),
    ("bids", "The average plan's schemes and the stop smoking services, divided among the footprints", "", "", "",
     "derived"),
    ("growth_spread", "Yearly growth of A&E attendances 2015/16 to 2019/20 (activity/ae_attendances_by_provider_month)",
     "NHS England", "2021", OGL, "derived"),
    ("growth_together", "A&E attendances and admissions by month 2016/17 to 2018/19 "
     "(activity/ae_attendances_nhsrdatasets)", "NHS England", "2019", f"CC0; {OGL}", "derived"),
    ("deflator_spread", "Five-year growth of the GDP deflator, 1992/93 to 2015/16 (finance/gdp_deflator_hmt_dec2023)",
     "HM Treasury", "2023", OGL, "derived"),
    ("population_error", "National population projection made in 2016 (population/england_npp2016) against the "
     "estimates of mid-2020 (population/stp17_population)", "ONS", "2017; 2021", OGL, "derived"),
    ("indicator_spread", "Yearly changes 2012/13 to 2018/19 of waiting times and four-hour performance (providers/RTT, "
     "AE)", "NHS England, compiled by M. Asaria", "2019", f"{OGL}; compilation LGPL-3.0", "derived"),
    ("delivery_evidence", "How much of what was planned came about, judged from published evaluations "
     "(published/figures)", "National Audit Office; Committee of Public Accounts; University of York; Health "
     "Foundation", "2016 to 2018", "quoted figures", "assumed"),
    ("judged", "Intervals judged, each from what its note says", "", "", "", "assumed"),
    ("judgement", "Judgement set out in README.md", "", "", "", "assumed"),
]


def read(path, **options):
    return pandas.read_csv(FOLDER / path, encoding="utf-8-sig", **options)


def add_to(plan):
    for key, title, publisher, published, licence, status in SOURCES:
        plan.add("source", source=key, title=title, publisher=publisher, published=published, licence=licence,
                 status=status)
