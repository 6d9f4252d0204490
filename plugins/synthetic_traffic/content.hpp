#pragma once
// Four clients whose sites carry the widget, the companies that visit them, and what is talked about.

#include <array>

struct Section {
  const char* slug;
  const char* title;
  const char* prompt;
};

struct Site {
  const char* client;
  const char* domain;
  const char* language;
  const char* identity;    ///< JSON, value of the config of that name
  const char* appearance;  ///< JSON
  std::array<Section, 2> sections;
  int demos;  ///< of the five who convert in each twenty-five conversations; the others leave an address
};

struct Account {
  const char* name;
  const char* industry;
  const char* country;
  int employees;
  int confidence;  ///< percent, that an address is this company's
};

struct Page {
  const char* path;
  const char* title;
};

struct Dialogue {
  int section;  ///< index into Site::sections
  const char* question;
  const char* answer;
  const char* follow_up;
  const char* second_answer;
};

/// What a visitor says last, by what comes of the conversation.
struct Closings {
  const char* demo;
  const char* email;
  const char* neither;
};

struct Verdict {
  int score;
  const char* verdict;
  const char* reason;
};

inline constexpr std::array<Site, 4> kSites{{
    {"Acme", "acme.com", "en", R"({"assistant_name": "Ada", "language": "en"})",
     R"({"brand_color": "#0A42C3", "theme": "light", "corner_radius": 12})",
     {{{"products", "Products",
        "Explain what each product does and for whom. Quote the product page you rely on."},
       {"pricing", "Pricing and demos",
        "Give list prices as the pricing page has them, and offer a demo rather than a discount."}}},
     4},
    {"Contoso", "contoso.com", "en", R"({"assistant_name": "Theo", "language": "en"})",
     R"({"brand_color": "#1E8E3E", "theme": "light", "corner_radius": 8})",
     {{{"integrations", "Integrations",
        "Name the integrations that exist today. Say plainly when one is only planned."},
       {"security", "Security and hosting",
        "Answer from the security whitepaper alone; pass on anything that it does not cover."}}},
     3},
    {"Fabrikam", "fabrikam.com", "fr", R"({"assistant_name": "Lucie", "language": "fr"})",
     R"({"brand_color": "#D93025", "theme": "light", "corner_radius": 4})",
     {{{"produits", "Produits",
        "Présente les gammes et leurs usages. Cite la page sur laquelle tu t'appuies."},
       {"devis", "Devis et livraison",
        "Donne les délais affichés sur le site et propose un rappel pour tout devis."}}},
     2},
    {"Demo", "demo.local", "en", R"({"assistant_name": "Demo", "language": "en"})",
     R"({"brand_color": "#9334E6", "theme": "dark", "corner_radius": 16})",
     {{{"tour", "Product tour",
        "Walk the visitor through the widget: what it records, what it answers, what it hands over."},
       {"plans", "Plans",
        "Compare the plans in one short table and recommend the smallest that does the job."}}},
     1},
}};

inline constexpr std::array<Account, 20> kAccounts{{
    {"Alder & Finch Logistics", "logistics", "GB", 340, 92},
    {"Bluewater Energy", "energy", "NO", 1250, 88},
    {"Brightside Clinics", "healthcare", "IE", 610, 81},
    {"Cartier-Lavigne Conseil", "consulting", "FR", 75, 77},
    {"Copperfield Foods", "retail", "US", 2900, 95},
    {"Delta Nord Maschinenbau", "manufacturing", "DE", 820, 90},
    {"Everline Insurance", "insurance", "NL", 1480, 86},
    {"Granite Peak Outfitters", "retail", "US", 190, 73},
    {"Harbour Street Bank", "banking", "GB", 5200, 97},
    {"Isola Bianca Hotels", "hospitality", "IT", 430, 79},
    {"Juniper Lane Press", "publishing", "CA", 55, 70},
    {"Kestrel Aviation", "aviation", "ES", 980, 84},
    {"Lumen & Oak Interiors", "construction", "DK", 120, 75},
    {"Maison Verdier", "retail", "FR", 260, 82},
    {"Northgate University", "education", "GB", 3100, 93},
    {"Orchard Valley Farms", "agriculture", "NZ", 210, 71},
    {"Polaris Robotics", "manufacturing", "SE", 145, 87},
    {"Quayside Software", "software", "PT", 88, 89},
    {"Redwood Legal", "legal", "US", 320, 80},
    {"Sable & Stone Mining", "mining", "AU", 1750, 85},
}};

inline constexpr std::array kCountries{"US", "GB", "FR", "DE", "NL", "ES", "IT", "SE", "CA", "BR"};
inline constexpr std::array kReferrers{"https://www.google.com/", "https://www.bing.com/",
                                       "https://www.linkedin.com/", "https://duckduckgo.com/"};

inline constexpr std::array<Page, 6> kPagesEn{{{"/", "Home"},
                                               {"/product", "Product"},
                                               {"/pricing", "Pricing"},
                                               {"/customers", "Customers"},
                                               {"/docs/getting-started", "Getting started"},
                                               {"/blog/answers-that-cite", "Answers that cite"}}};
inline constexpr std::array<Page, 6> kPagesFr{{{"/", "Accueil"},
                                               {"/produits", "Produits"},
                                               {"/tarifs", "Tarifs"},
                                               {"/clients", "Nos clients"},
                                               {"/livraison", "Livraison"},
                                               {"/actualites", "Actualités"}}};

inline constexpr std::array<Dialogue, 5> kDialoguesEn{{
    {0, "Hi, does it work with a help centre that we already have?",
     "Yes. It reads the public pages of your help centre and quotes the article it relies on.",
     "And if two articles contradict each other?",
     "Then it shows both and says so. You see every such case in the weekly report."},
    {1, "What does it cost for a team of twelve?",
     "The Team plan covers up to fifteen people for a flat monthly price; the pricing page has it.",
     "Is there a discount if we pay yearly?",
     "Two months are free with yearly billing. A colleague can show you the numbers in a demo."},
    {0, "Can it hand a conversation over to one of us?",
     "It can, after as many failed answers as you choose, and only in your opening hours.",
     "What does my colleague see then?",
     "The whole conversation, the pages the visitor read, and a summary of two sentences."},
    {1, "Where is our data stored?",
     "In the region that you choose when the account is made: Frankfurt, Dublin or Virginia.",
     "For how long do you keep conversations?",
     "Ninety days unless you set another number. Deleting a visitor deletes what they wrote."},
    {0, "Does it speak anything but English?",
     "It answers in the language of the question, as long as your pages say it in some language.",
     "We have French and Dutch pages that are a bit out of date.",
     "Exclude them in the settings; it will then translate from the English ones instead."},
}};

inline constexpr std::array<Dialogue, 5> kDialoguesFr{{
    {0, "Bonjour, quelle différence entre la gamme Atelier et la gamme Pro ?",
     "La gamme Pro supporte un usage continu ; la gamme Atelier convient à une équipe.",
     "Et pour deux équipes, six jours sur sept ?",
     "Alors la gamme Pro : sa garantie couvre l'usage en deux équipes."},
    {1, "Quel est le délai de livraison pour Lyon ?",
     "Trois jours ouvrés pour ce qui est en stock, dix pour les pièces sur mesure.",
     "Livrez-vous le samedi ?",
     "Oui, sur demande, pour les commandes passées avant le jeudi midi."},
    {0, "Vos pièces sont-elles compatibles avec nos anciennes machines ?",
     "Toutes les machines fabriquées depuis 2009 acceptent les pièces actuelles.",
     "La nôtre date de 2007, je crois.",
     "Un adaptateur existe pour celle-ci ; la référence figure sur la page des pièces."},
    {1, "Puis-je obtenir un devis pour quarante unités ?",
     "Oui. À partir de vingt-cinq unités, un conseiller établit un devis sous un jour ouvré.",
     "Le transport est-il compris ?",
     "Il l'est en France métropolitaine ; ailleurs, le devis l'indique à part."},
    {0, "Proposez-vous une formation à la prise en main ?",
     "Une demi-journée sur place est comprise avec la gamme Pro.",
     "Et en ligne ?",
     "Aussi : six modules de vingt minutes, avec une attestation à la fin."},
}};

inline constexpr Closings kClosingsEn{"Good, then let us book that demo. Thursday would suit me.",
                                      "Could you send me this by e-mail?", "Thanks, that helps."};
inline constexpr Closings kClosingsFr{"Parfait, réservons une démonstration. Jeudi me convient.",
                                      "Pouvez-vous me l'envoyer par courriel ?",
                                      "Merci, c'est clair."};

inline constexpr std::array<Verdict, 6> kVerdicts{{
    {5, "helpful", "Answers the question and quotes the page it relies on."},
    {5, "helpful", "Short, right, and offers the next step."},
    {4, "helpful", "Right, though longer than it had to be."},
    {4, "helpful", "Right; the page it quotes could have been named earlier."},
    {3, "incomplete", "Leaves out the condition that the page states."},
    {2, "off_topic", "Answers a neighbouring question instead of the one asked."},
}};
