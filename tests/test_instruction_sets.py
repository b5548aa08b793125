"""Simulations give the same bits whatever instructions the machine has: as compiled for each set of them, as the
library chooses among them, and as the C library does where it is told that the machine has less.

The environment variable INSTRUCTION_SETS gives programs that print a hash of the same simulation, each as NAME=PATH:
`library` chooses by itself, the others were compiled for the set of their name."""

import os
import subprocess

import pytest

TABLES = {
    "footprint": "footprint,name\nF,Fen\nM,Moor\n",
    "organisation": "organisation,name,kind\nC,C,commissioner\nD,D,council\nT,T,provider\nU,U,provider\nO,O,outside\n",
    "membership": "organisation,footprint,share\nC,F,0.7\nC,M,0.3\nD,M,1\nT,F,1\nU,M,0.5\n",
    "service": "service,name,setting,unit,variable_share,semi_fixed_share\nE,E,acute,spell,0.3,0.4\n"
               "H,H,community,contact,0.6,\n",
    "flow": "commissioner,provider,service,activity,income,cost,marginal_rate,marginal_rate_below\n"
            "C,T,E,1000,2100000,2200000,0.7,1\nC,U,E,700,1300000,,,\nC,O,H,3000,150000,,,\n"
            "D,U,H,9000,500000,450000,0,\nD,T,E,40,90000,100000,,\n",
    "population": "footprint,year,persons\n" + "".join(
        f"{place},{year},{1000 + 13 * (year - 2015)}\n" for place in "FM" for year in range(2015, 2021)),
    "activity_growth": "service,footprint,year,rate\nE,,,0.021\nH,F,,0.013\n,,,0.007\n",
    "inflation": "component,year,rate\npay,,0.021\ndrugs,,0.034\n",
    "cost_mix": "service,component,share\nE,pay,0.7\nE,drugs,0.3\n,pay,1\n",
    "tariff": "service,year,uplift,efficiency\nE,,0.02,0.017\n",
    "funding": "organisation,stream,year,amount\n" + "".join(
        f"{code},grant,{year},{amount}\n" for code, amount in (("C", 3400000), ("D", 600000))
        for year in range(2015, 2021)),
    "scheme": "scheme,name,workstream,aim,owner\nX,X,W,funding,C\nY,Y,V,funding,T\nZ,Z,V,funding,T\n",
    "activity_effect": "scheme,service,reduction,to_service,to_provider,unit_cost,start_year,full_year,ramp\n"
                       "X,E,0.11,H,O,47,2016,2019,s_curve\nY,E,0.03,,,,2017,2020,linear\n",
    "efficiency_effect": "scheme,service,saving,start_year,full_year,ramp\nZ,E,0.013,2016,2020,annual\n"
                         "Y,H,0.02,2016,2016,\n",
    "scheme_cost": "scheme,organisation,year,kind,amount,asset_life\nX,C,2016,capital,130000,7\n"
                   "Y,T,2017,transition,41000,\n",
    "scenario": "scenario,scheme,scale\nplan,X,1\nplan,Y,0.9\nplan,Z,1.1\n",
    "uncertainty": "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"
                   "growth,activity_growth,rate,,add,normal,0,0.01,,walk\n"
                   "pay,inflation,rate,component=pay,value,interval80,0.01,0.03,,yearly\n"
                   "drugs,inflation,rate,component=drugs,factor,lognormal,1,0.3,,\n"
                   "tariff,tariff,uplift,,value,triangular,0.01,0.02,0.04,\n"
                   "persons,population,persons,year=2020,factor,pert,0.95,1,1.1,\n"
                   "size,activity_effect,reduction,,factor,beta,0.8,0.1,,\n"
                   "saving,efficiency_effect,saving,,factor,gamma,1,0.5,,\n"
                   "grant,funding,amount,year=2020,factor,uniform,0.97,1.01,,\n"
                   "scale,scenario,scale,scheme=X,factor,normal,1,0.2,,\n"
                   "capital,scheme_cost,amount,kind=capital,factor,lognormal,1.2,0.4,,\n"
                   "fixed,service,variable_share,service=E,value,uniform,0.2,0.4,,\n",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "datapackage.json").write_text('{"stpfin": {"base_year": 2015, "end_year": 2020}}', encoding="utf-8")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def programs():
    return dict(word.split("=", 1) for word in os.environ["INSTRUCTION_SETS"].split())


def supported():
    """The sets that this machine has, as its loader says."""
    loader = next(path for path in ("/lib64/ld-linux-x86-64.so.2",) if os.path.exists(path))
    help_text = subprocess.run([loader, "--help"], capture_output=True, encoding="utf-8", check=True).stdout
    return {"x86-64"} | {line.split()[0] for line in help_text.splitlines() if "(supported" in line}


def result(program, plan, **environment):
    return subprocess.run([program, plan, "plan", "321"], capture_output=True, encoding="utf-8", check=True,
                          env=dict(os.environ, **environment), timeout=120).stdout


def test_every_instruction_set_gives_the_same_bits(plan):
    paths = programs()
    expected = result(paths["library"], plan)
    assert "321 draws" in expected
    compiled = {name: result(path, plan) for name, path in paths.items() if name in supported()}
    assert "x86-64" in compiled
    assert compiled == dict.fromkeys(compiled, expected)


@pytest.mark.parametrize("without", ["-AVX512F", "-AVX2,-FMA", "-AVX2,-FMA,-AVX512F,-AVX512VL"])
def test_the_c_library_shows_in_no_bit(plan, without):
    path = programs()["library"]
    assert result(path, plan, GLIBC_TUNABLES=f"glibc.cpu.hwcaps={without}") == result(path, plan)
