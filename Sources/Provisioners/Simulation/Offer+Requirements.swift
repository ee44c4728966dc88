import Domain

/// What a configuration of an item must look like.
extension Offer {
    static let regions = [
        "us-east", "us-west", "eu-central", "eu-west", "ap-southeast", "ap-northeast", "sa-east",
    ]
    static let hostnamePattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
    static let labelPattern = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    static let emailPattern = "[^@ ]+@[^@ ]+[.][^@ ]+"

    var requirements: ItemRequirements {
        switch kind {
        case .domain(let suffix): Self.domain(suffix)
        case .server(let images): Self.server(images)
        case .phone: Self.phone
        case .bucket: Self.storage("object", leastGigabytes: 1)
        case .volume(let least): Self.storage("block", leastGigabytes: least)
        }
    }

    private static func domain(_ suffix: String) -> ItemRequirements {
        let ending = suffix.replacing(".", with: "[.]")
        return ItemRequirements(
            fields: [
                .init(
                    "domainName", "string", about: "The name to register, ending in \(suffix).",
                    pattern: labelPattern + ending),
                .init(
                    "periodYears", "integer", about: "For how many years it is registered.", least: 1, most: mostYears,
                    usually: 1),
                .init("autoRenew", "boolean", isRequired: false, about: "Whether it renews itself.", usually: false),
                .init(
                    "privacyProtection", "boolean", isRequired: false,
                    about: "Whether WHOIS keeps the registrant to itself.", usually: true),
                .init(
                    "registrantEmail", "string", isRequired: false, about: "Where the registrant reads mail.",
                    pattern: emailPattern),
                .init(
                    "registrantCountry", "string", isRequired: false,
                    about: "The registrant's country in two letters, such as US.", pattern: "[A-Z]{2}"),
            ],
            example: [
                "domainName": .string("launchpad\(suffix)"), "periodYears": 1, "autoRenew": true,
                "privacyProtection": true,
            ])
    }

    private static func server(_ images: [String]) -> ItemRequirements {
        ItemRequirements(
            fields: [
                .init(
                    "hostname", "string", about: "The server's name: small letters, digits, hyphens and points.",
                    pattern: hostnamePattern),
                .init("region", "string", about: "Where it stands.", choices: regions),
                .init("image", "string", about: "What is installed on it.", choices: images),
                .init(
                    "billingTermMonths", "integer", about: "For how many months it is paid.", least: 1,
                    most: mostMonths, usually: 1),
                .init(
                    "backupsEnabled", "boolean", isRequired: false,
                    about: "Whether a snapshot is taken of it before each reinstallation.", usually: false),
            ],
            example: [
                "hostname": "web-1", "region": "us-east", "image": .string(images[0]), "billingTermMonths": 1,
            ],
            supportedImages: images)
    }

    private static let phone = ItemRequirements(
        fields: [
            .init(
                "countryCode", "string", about: "The country of the number, in two letters.",
                choices: NumberRange.countries),
            .init("numberType", "string", about: "What kind of number it is.", choices: NumberRange.types),
            .init(
                "capabilities", "array", about: "What the number is for.", choices: ["sms", "voice"], least: 1,
                most: 2),
            .init(
                "locality", "string", isRequired: false, about: "A city to prefer, such as new-york.",
                pattern: "[A-Za-z][A-Za-z .'-]*", most: 64),
            .init(
                "initialBalanceUsd", "number", isRequired: false,
                about: "Dollars that the number has for messages from the start, with two places at most.", least: 0,
                most: 1000, usually: 0),
        ],
        example: [
            "countryCode": "US", "numberType": "local", "capabilities": ["sms", "voice"], "locality": "new-york",
        ])

    private static func storage(_ storageClass: String, leastGigabytes: Int64) -> ItemRequirements {
        ItemRequirements(
            fields: [
                .init("region", "string", about: "Where it stands.", choices: regions),
                .init("storageClass", "string", about: "What kind of storage it is.", choices: [storageClass]),
                .init(
                    "capacityGb", "integer", about: "How much it holds, in gigabytes.", least: leastGigabytes,
                    most: mostGigabytes),
            ],
            example: [
                "region": "us-east", "storageClass": .string(storageClass),
                "capacityGb": .integer(max(leastGigabytes, storageClass == "object" ? 250 : 100)),
            ])
    }
}
