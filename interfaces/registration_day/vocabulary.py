"""The words of the generated university: its departments and what they teach. All of it is made up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DepartmentWords:
    """A department: its code, which is the subject of its courses too, its name, and its topics, basic ones first."""

    code: str
    name: str
    topics: tuple[str, ...]


def _department(code: str, name: str, topics: str) -> DepartmentWords:
    return DepartmentWords(code, name, tuple(topic.strip() for topic in topics.split(",")))


DEPARTMENTS = (
    _department(
        "CS",
        "Computer Science",
        "Programming, Discrete Structures, Data Structures, Computer Organization, Algorithms, Databases, "
        "Operating Systems, Computer Networks, Software Engineering, Compilers, Computer Graphics, "
        "Information Security, Distributed Systems",
    ),
    _department(
        "MATH",
        "Mathematics",
        "Calculus, Linear Algebra, Geometry, Discrete Mathematics, Differential Equations, Real Analysis, "
        "Abstract Algebra, Number Theory, Numerical Methods, Complex Analysis, Topology, Optimization, Logic",
    ),
    _department(
        "STAT",
        "Statistics",
        "Descriptive Statistics, Probability, Inference, Regression, Sampling, Experimental Design, Time Series, "
        "Multivariate Analysis, Stochastic Processes, Survival Analysis, Statistical Computing, Quality Control, "
        "Demography",
    ),
    _department(
        "PHYS",
        "Physics",
        "Mechanics, Electricity and Magnetism, Waves and Optics, Thermodynamics, Modern Physics, Quantum Mechanics, "
        "Electrodynamics, Statistical Physics, Solid State Physics, Nuclear Physics, Astrophysics, Fluid Dynamics, "
        "Instrumentation",
    ),
    _department(
        "CHEM",
        "Chemistry",
        "General Chemistry, Organic Chemistry, Inorganic Chemistry, Analytical Chemistry, Physical Chemistry, "
        "Biochemistry, Spectroscopy, Polymers, Electrochemistry, Environmental Chemistry, Food Chemistry, "
        "Materials Chemistry, Chemical Safety",
    ),
    _department(
        "BIOL",
        "Biology",
        "Cell Biology, Botany, Zoology, Genetics, Ecology, Microbiology, Physiology, Evolution, Molecular Biology, "
        "Marine Biology, Immunology, Conservation Biology, Bioinformatics",
    ),
    _department(
        "CIVE",
        "Civil Engineering",
        "Technical Drawing, Statics, Strength of Materials, Surveying, Hydraulics, Geotechnics, Structural Analysis, "
        "Concrete Structures, Steel Structures, Transport Engineering, Hydrology, Construction Management, "
        "Earthquake Engineering",
    ),
    _department(
        "ELEC",
        "Electrical Engineering",
        "Circuits, Electronics, Digital Systems, Signals and Systems, Electrical Machines, Control Systems, "
        "Power Systems, Telecommunications, Microcontrollers, Antennas, Power Electronics, Instrumentation, "
        "Renewable Energy",
    ),
    _department(
        "MECH",
        "Mechanical Engineering",
        "Engineering Drawing, Materials Science, Dynamics, Thermal Engineering, Machine Design, "
        "Manufacturing Processes, Heat Transfer, Vibrations, Turbomachinery, Robotics, Maintenance, "
        "Automotive Engineering, Refrigeration",
    ),
    _department(
        "INDE",
        "Industrial Engineering",
        "Engineering Economics, Operations Research, Production Planning, Logistics, Quality Management, "
        "Ergonomics, Simulation, Project Management, Supply Chains, Facility Design, Work Measurement, "
        "Safety Engineering, Decision Analysis",
    ),
    _department(
        "ECON",
        "Economics",
        "Microeconomics, Macroeconomics, Economic History, Econometrics, Public Finance, International Trade, "
        "Labour Economics, Development Economics, Game Theory, Monetary Theory, Industrial Organization, "
        "Environmental Economics, Political Economy",
    ),
    _department(
        "BUSI",
        "Business Administration",
        "Management, Accounting, Marketing, Finance, Business Law, Organizational Behaviour, Entrepreneurship, "
        "Human Resources, Auditing, International Business, Strategy, Taxation, Consumer Research",
    ),
    _department(
        "PSYC",
        "Psychology",
        "General Psychology, Developmental Psychology, Social Psychology, Personality, Perception, Memory, "
        "Psychometrics, Clinical Psychology, Neuropsychology, Educational Psychology, Group Dynamics, Motivation, "
        "Counselling",
    ),
    _department(
        "PHIL",
        "Philosophy",
        "Introduction to Philosophy, Ethics, Ancient Philosophy, Epistemology, Medieval Philosophy, Metaphysics, "
        "Modern Philosophy, Aesthetics, Political Philosophy, Philosophy of Science, Philosophy of Language, "
        "Phenomenology, Argumentation",
    ),
    _department(
        "HIST",
        "History",
        "World History, Ancient History, Medieval History, Latin American History, Modern History, "
        "History of Science, Archaeology, Historiography, Archives, Economic Life, Oral History, Urban History, "
        "Art History",
    ),
    _department(
        "LANG",
        "Languages",
        "English, Spanish, Academic Writing, French, Linguistics, Phonetics, German, Translation, Literature, "
        "Portuguese, Semantics, Rhetoric, Creative Writing",
    ),
)

LABORATORY_DEPARTMENTS = frozenset({"CS", "PHYS", "CHEM", "BIOL", "CIVE", "ELEC", "MECH"})
"""Where courses come with laboratories; elsewhere they come with recitations."""

SERVICE_DEPARTMENTS = ("MATH", "LANG", "STAT", "PHYS", "ECON", "PHIL")
"""Whose courses students of every program take, the most wanted first."""
