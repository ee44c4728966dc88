import Wire

/// Domains and their DNS.
extension Tool {
    static let domains = [
        search(
            "domain_check", in: .domains, at: "domain", "Tells which names are free, and what they cost.",
            [
                .required(
                    "domainNames", .list(.text(longest: 253), most: 50), "The names.", example: ["launchpad.com"])
            ]),
        look(
            "domain_get", in: .domains, at: "domain",
            "Shows a domain: nameservers, contact, lock, privacy, and when it expires."),
        change(
            "domain_nameservers_set", in: .domains, capability: "domain:nameservers:set",
            "Says which nameservers answer for the domain.",
            [
                .required(
                    "nameservers", .list(.text(longest: 253), most: 13), "Their names.",
                    example: ["ns1.example.net", "ns2.example.net"])
            ]),
        look(
            "domain_dns_record_list", in: .domains, at: "domain", capability: "domain:dns-records:read",
            "Lists DNS records, and the serial number of the zone.",
            [
                .optional("type", .word(recordTypes), "Only records of this type."),
                .optional("name", .text(longest: 253), "Only records of this name; @ is the domain itself."),
            ]),
        change(
            "domain_dns_record_upsert", in: .domains, capability: "domain:dns-records:write",
            "Puts all values of one name and type in the place of those there are. No other record is touched.",
            [.required("record", .object(record), "The record.", example: recordExample), .ifSerial]),
        change(
            "domain_dns_record_delete", in: .domains, capability: "domain:dns-records:write",
            "Removes a record: by its id, or by type and name, all of its values or one.",
            [
                .optional("recordId", .text(longest: 200), "The record, as domain_dns_record_list names it."),
                .optional("type", .word(recordTypes), "Its type, where there is no recordId."),
                .optional("name", .text(longest: 253), "Its name, where there is no recordId."),
                .optional("value", .text(longest: 4096), "Only this value of it."), .ifSerial,
            ]),
        look(
            "domain_dns_zone_export", in: .domains, at: "domain", capability: "domain:dns-zone:export",
            "Gives the whole zone as a zone file."),
        change(
            "domain_dns_zone_import", in: .domains, .destructive, capability: "domain:dns-zone:import",
            "Reads a zone file: adds its records to the zone, or puts them in the place of all others.",
            [
                .required(
                    "zoneText", .text(longest: 1_000_000), "The zone file.", example: "www 300 IN A 192.0.2.1\n"),
                .required("mode", .word(["merge", "replace"]), "replace removes every other record."),
                .optional("dryRun", .flag, "Only tells what would change."),
                .optional("allowEmpty", .flag, "Whether replace may leave no record at all."),
            ], isDestructive: { $0.text("mode") == "replace" && $0.flag("dryRun") != true }),
        change(
            "domain_contact_set", in: .domains, capability: "domain:contact:set", "Sets the registrant's contact.",
            [
                .required(
                    "contact", .object(contact), "The registrant.",
                    example: ["name": "Ana", "email": "ana@example.com", "country": "PT"])
            ]),
        change(
            "domain_privacy_set", in: .domains, capability: "domain:privacy:set",
            "Says whether the registrant is kept out of public look-ups.",
            [.required("enabled", .flag, "Whether it is.")]),
        change(
            "domain_lock_set", in: .domains, capability: "domain:lock:set",
            "Says whether the domain is locked against transfers.", [.required("locked", .flag, "Whether it is.")]),
    ]

    private static let recordTypes = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "CAA"]

    private static let record: [InputField] = [
        .required("type", .word(recordTypes), "Its type."),
        .required("name", .text(longest: 253), "Its name below the domain; @ is the domain itself."),
        .required("values", .list(.text(longest: 4096), most: 100), "All of its values."),
        .required("ttl", .integer(30...604_800), "Seconds that others may remember it."),
        .optional("priority", .integer(0...65_535), "Of MX and SRV."),
    ]

    private static let recordExample: JSON = [
        "type": "A", "name": "www", "values": ["192.0.2.1"], "ttl": 300,
    ]

    private static let contact: [InputField] = [
        .required("email", .text(longest: 254), "An address that is read."),
        .optional("name", .text(longest: 200), "A person's name."),
        .optional("organization", .text(longest: 200), "The organisation."),
        .optional("phone", .text(longest: 40), "With the country's code."),
        .optional("street", .text(longest: 200), "Street and number."),
        .optional("city", .text(longest: 100), "The city."),
        .optional("region", .text(longest: 100), "The state or province."),
        .optional("postalCode", .text(longest: 20), "The postal code."),
        .optional("country", .matching("[A-Z]{2}"), "Two letters, as ISO 3166 has them."),
    ]
}

extension InputField {
    fileprivate static let ifSerial = optional(
        "ifSerial", .integer(0...4_294_967_295), "Refused unless the zone's serial number is still this one.",
        example: 1)
}
