import Domain
import Provisioners
import TestKit
import Testing

@Suite("Records of a simulated domain")
struct RecordTests {
    private func domain() async throws -> (Workshop, ResourceRef) {
        let workshop = try Workshop()
        return (workshop, try await workshop.bring("cat_domain_com").resource)
    }

    private static func record(
        _ type: String, _ name: String, _ values: JSONValue, _ ttl: JSONValue = 300
    ) -> JSONValue {
        ["record": ["type": .string(type), "name": .string(name), "values": values, "ttl": ttl]]
    }

    @Test("A set of records replaces the one of its name and type, and no other; the serial grows")
    func upsert() async throws {
        let (workshop, resource) = try await domain()
        let name = "domain_dns_record_upsert"
        let first = try await workshop.perform(name, Self.record("A", "www", ["203.0.113.7"]), on: resource)
        try await workshop.perform(name, Self.record("TXT", "www", ["hello"]), on: resource)
        let third = try await workshop.perform(
            name, Self.record("a", "www.launchpad.com.", ["203.0.113.8", "203.0.113.9"]), on: resource)
        #expect(first["recordId"] == "A_www" && third["recordId"] == "A_www")
        #expect(try #require(third["soaSerial"]?.integer) == #require(first["soaSerial"]?.integer) + 2)
        let listed = try await workshop.inspect("domain_dns_record_list", on: resource)
        #expect(listed["records"]?.array?.map { $0["recordId"] } == ["A_www", "TXT_www"])
        #expect(listed["records"]?.array?[0]["values"] == ["203.0.113.8", "203.0.113.9"])
        let texts = try await workshop.inspect("domain_dns_record_list", ["type": "txt"], on: resource)
        #expect(texts["records"]?.array?.count == 1)
        let apex = try await workshop.inspect("domain_dns_record_list", ["name": "@"], on: resource)
        #expect(apex["records"] == [])
    }

    @Test("A zone that has changed meanwhile is not changed by who did not see it")
    func serials() async throws {
        let (workshop, resource) = try await domain()
        var input = Self.record("A", "www", ["203.0.113.7"]).object ?? [:]
        let set = try await workshop.perform("domain_dns_record_upsert", .object(input), on: resource)
        input["ifSerial"] = .integer((set["soaSerial"]?.integer ?? 0) - 1)
        #expect(
            await workshop.code(of: "domain_dns_record_upsert", .object(input), on: resource) == "serial_mismatch")
        input["ifSerial"] = set["soaSerial"]
        try await workshop.perform("domain_dns_record_upsert", .object(input), on: resource)
    }

    @Test("Records are removed by their id, by name and type, or value by value")
    func delete() async throws {
        let (workshop, resource) = try await domain()
        let (upsert, delete) = ("domain_dns_record_upsert", "domain_dns_record_delete")
        try await workshop.perform(
            upsert, Self.record("MX", "@", ["10 mail.example.com", "20 spare.example.com"]), on: resource)
        try await workshop.perform(upsert, Self.record("A", "www", ["203.0.113.7"]), on: resource)
        try await workshop.perform(upsert, Self.record("A", "api", ["203.0.113.7"]), on: resource)
        try await workshop.perform(
            delete, ["type": "MX", "name": "@", "value": "20 SPARE.example.com."], on: resource)
        try await workshop.perform(delete, ["recordId": "A_www"], on: resource)
        try await workshop.perform(delete, ["type": "A", "name": "api"], on: resource)
        let left = try await workshop.inspect("domain_dns_record_list", on: resource)
        #expect(left["records"]?.array?.map { $0["values"] } == [["10 mail.example.com"]])
        #expect(await workshop.code(of: delete, ["recordId": "A_www"], on: resource) == "not_found")
        #expect(await workshop.code(of: delete, ["type": "A"], on: resource) == "invalid_input")
    }

    @Test(
        "Contents are kept as zones have them",
        arguments: [
            ("AAAA", "www", "2001:DB8::1", "2001:db8::1"), ("AAAA", "www", "::ffff:203.0.113.7", "::ffff:203.0.113.7"),
            ("CNAME", "blog", "Pages.Example.com.", "pages.example.com"), ("CNAME", "blog", "@", "launchpad.com"),
            ("MX", "@", "10 mail.example.com.", "10 mail.example.com"), ("MX", "@", "0 .", "0 ."),
            ("SRV", "_sip._tcp", "10 5 5060 sip.example.com", "10 5 5060 sip.example.com"),
            ("CAA", "@", "0 issue letsencrypt.org", #"0 issue "letsencrypt.org""#),
            ("TXT", "_dmarc", #"v=DMARC1; p="none""#, #"v=DMARC1; p="none""#),
            ("NS", "lab", "ns1.example.net", "ns1.example.net"),
            ("A", "*.shop", "203.0.113.7", "203.0.113.7"), ("A", "*", "203.0.113.7", "203.0.113.7"),
        ] as [(String, String, String, String)])
    func contents(_ type: String, _ name: String, _ given: String, _ kept: String) async throws {
        let (workshop, resource) = try await domain()
        let set = try await workshop.perform(
            "domain_dns_record_upsert", Self.record(type, name, [.string(given)]), on: resource)
        #expect(set["record", "values"] == [.string(kept)])
        #expect(set["record", "name"] == .string(name))
    }

    @Test("A priority stands before the values that have none")
    func priority() async throws {
        let (workshop, resource) = try await domain()
        let set = try await workshop.perform(
            "domain_dns_record_upsert",
            [
                "record": [
                    "type": "MX", "name": "@", "ttl": 300, "priority": 5,
                    "values": ["mail.example.com", "20 spare.example.com"],
                ]
            ], on: resource)
        #expect(set["record", "values"] == ["5 mail.example.com", "20 spare.example.com"])
    }

    @Test(
        "What is no record is refused by its place",
        arguments: [
            ("A", "www", "203.0.113.256"), ("A", "www", "203.0.113"), ("A", "www", "203.0.113.07"), ("A", "www", ""),
            ("AAAA", "www", "2001:db8"), ("AAAA", "www", "1::2::3"), ("AAAA", "www", "12345::"),
            ("AAAA", "www", "203.0.113.7"),
            ("AAAA", "www", "1:2:3:4:5:6:7:8:9"), ("CNAME", "www", "no host"), ("CNAME", "www", "-a.example.com"),
            ("MX", "@", "mail.example.com"), ("MX", "@", "70000 mail.example.com"),
            ("SRV", "_sip._tcp", "1 2 sip.example.com"),
            ("CAA", "@", "0 frobnicate x"), ("CAA", "@", "issue letsencrypt.org"), ("TXT", "@", "two\nlines"),
            ("SOA", "@", "ns1.example.com"), ("A", "www..x", "203.0.113.7"), ("A", "a b", "203.0.113.7"),
            ("A", "www.example.org.", "203.0.113.7"),
        ] as [(String, String, String)])
    func refused(_ type: String, _ name: String, _ value: String) async throws {
        let (workshop, resource) = try await domain()
        let input = Self.record(type, name, [.string(value)])
        do {
            try await workshop.perform("domain_dns_record_upsert", input, on: resource)
            Issue.record("It was set.")
        } catch let failed as Workshop.Failed {
            #expect(failed.code == "invalid_input")
            #expect(failed.message.hasPrefix("record."))
        }
    }

    @Test(
        "Times to live have bounds, and there is a value at least",
        arguments: [
            record("A", "www", ["203.0.113.7"], 5), record("A", "www", ["203.0.113.7"], 1_000_000),
            record("A", "www", ["203.0.113.7"], "300"), record("A", "www", []), record("A", "www", "203.0.113.7"),
        ])
    func bounds(_ input: JSONValue) async throws {
        let (workshop, resource) = try await domain()
        #expect(await workshop.code(of: "domain_dns_record_upsert", input, on: resource) == "invalid_input")
    }

    @Test("A CNAME is alone at its name, and never that of the domain")
    func aliases() async throws {
        let (workshop, resource) = try await domain()
        let upsert = "domain_dns_record_upsert"
        try await workshop.perform(upsert, Self.record("A", "www", ["203.0.113.7"]), on: resource)
        for input in [
            Self.record("CNAME", "www", ["pages.example.com"]), Self.record("CNAME", "@", ["pages.example.com"]),
            Self.record("CNAME", "blog", ["a.example.com", "b.example.com"]),
            Self.record("NS", "@", ["ns1.example.net"]),
        ] {
            #expect(await workshop.code(of: upsert, input, on: resource) == "record_conflict")
        }
    }
}
