# ruff: noqa: SIM905
"""The words for the names of the demo's people, songs and artists. All invented."""

FIRST_NAMES = """Ada Ben Chloé Dara Elif Femi Grace Hiro Inês Jonas Kaya Lukas María Nils Olga Petra Quentin Rosa
Søren Tomás Uma Vera Wanda Xenia Yusuf Zoë Amara Björn Carmen Dmitri Esra François Gustav Hana Ivan Jasmin Kwame Leïla
Mirek Noor Oskar Priya Ravi Sanna Thandi Ulla Viktor Wren Ximena Yara""".split()

LAST_NAMES = """O'Brien Müller García Nakamura Okafor Lindqvist D'Angelo Novák Haddad Silva Jørgensen Petrov Kowalski
Mensah Ferrari Dubois Yılmaz Andersson MacLeod Castillo Ivanova Öztürk Van-Dijk Sato Mbeki Rossi Schäfer Costa Ngata
Farouk Bianchi Keller Moreau Tanaka Adeyemi Horváth Iversen Quispe Romero Stein Takahashi Ulrich Vargas Weiss
Zhang""".split()

COUNTRIES = (
    "United States",
    "Brazil",
    "Germany",
    "Ghana",
    "Japan",
    "Côte d'Ivoire",
    "Mexico",
    "Korea, Republic of",
    "Sweden",
    "India",
    "France",
    "Türkiye",
    "Kenya",
    "Canada",
    "Portugal",
)

GENRES = (
    "pop",
    "hip-hop",
    "rock",
    "house",
    "latin",
    "r&b",
    "indie",
    "techno",
    "k-pop",
    "jazz",
    "afrobeat",
    "metal",
    "folk",
    "ambient",
    "reggae",
    "soul",
    "classical",
    "drum-and-bass",
    "samba",
    "country",
    "blues",
    "disco",
    "grunge",
    "trip-hop",
    "flamenco",
)

ADJECTIVES = """Silver Midnight Broken Electric Golden Hollow Neon Paper Quiet Restless Salt Velvet Wild Crimson
Distant Drowsy Faded Gentle Humming Ivory Late Mellow Northern Open Pale Rusty Slow Tender Último Weiße Été
Łagodny""".split()

NOUNS = """River Mirror Engine Garden Harbour Letters Thunder Window Orchard Signal Static Lantern Compass Meridian
Feathers Avenue Ocean Satellite Sparrow Summer Tide Circus Daughters Echo Foxes Harvest Island Kites Monsoon Pilots
Corazón Fjord Straße Señales Über Ночь 夜""".split()

PLACES = """Lisbon Accra Kyoto Malmö Oaxaca Łódź Marseille Nairobi Recife Tbilisi Zürich Busan""".split()
