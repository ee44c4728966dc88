import Domain
import Provisioners
import TestKit
import Testing

@Suite("Zones of simulated domains, as text")
struct ZoneTests {
    private let zone = """
        $ORIGIN launchpad.com.
        $TTL 1h
        @   IN SOA ns1.example.net. hostmaster ( 2026010100 ; serial
                7200 3600 1209600 300 )
        @       NS  ns1.example.net.
        @   300 IN  A   203.0.113.7
            IN 300  A   203.0.113.8 ; the same name as above
        www     CNAME @
        mail    AAAA 2001:db8::25
        @       MX 10 mail
        @       MX 20 spare.example.net.
        _dmarc  TXT "v=DMARC1; " "p=none"
        @       CAA 0 issue "letsencrypt.org"
        $ORIGIN lab.launchpad.com.
        _sip._tcp SRV 10 5 5060 sip
        *       A 203.0.113.9

        """

    private func domain() async throws -> (Workshop, ResourceRef) {
        let workshop = try Workshop()
        return (workshop, try await workshop.bring("cat_domain_com").resource)
    }

    private func load(
        _ text: String, _ mode: String, _ more: [String: JSONValue] = [:], _ workshop: Workshop,
        _ resource: ResourceRef
    ) async throws -> JSONValue {
        let input: [String: JSONValue] = ["zoneText": .string(text), "mode": .string(mode)]
        return try await workshop.perform(
            "domain_dns_zone_import", .object(input.merging(more) { $1 }), on: resource)
    }

    private func records(_ workshop: Workshop, _ resource: ResourceRef) async throws -> [String: JSONValue] {
        let listed = try await workshop.inspect("domain_dns_record_list", on: resource)
        return Dictionary(
            uniqueKeysWithValues: (listed["records"]?.array ?? []).map {
                ($0["recordId"]?.string ?? "", $0["values"] ?? .null)
            })
    }

    @Test("A zone is read as its RFC says")
    func reading() async throws {
        let (workshop, resource) = try await domain()
        let loaded = try await load(zone, "replace", [:], workshop, resource)
        #expect(loaded["ignored"] == ["SOA @", "NS @"])
        #expect(loaded["added"]?.array?.count == 8)
        let records = try await records(workshop, resource)
        #expect(
            records == [
                "A_@": ["203.0.113.7", "203.0.113.8"], "CNAME_www": ["launchpad.com"], "AAAA_mail": ["2001:db8::25"],
                "MX_@": ["10 mail.launchpad.com", "20 spare.example.net"], "TXT__dmarc": ["v=DMARC1; p=none"],
                "CAA_@": [#"0 issue "letsencrypt.org""#], "SRV__sip._tcp.lab": ["10 5 5060 sip.lab.launchpad.com"],
                "A_*.lab": ["203.0.113.9"],
            ])
    }

    @Test("What is written is read again as it was")
    func roundTrip() async throws {
        let (workshop, resource) = try await domain()
        _ = try await load(zone, "replace", [:], workshop, resource)
        let long = String(repeating: "ä\"\\;", count: 200)
        try await workshop.perform(
            "domain_dns_record_upsert",
            ["record": ["type": "TXT", "name": "long", "ttl": 60, "values": [.string(long)]]], on: resource)
        let before = try await records(workshop, resource)
        let exported = try await workshop.inspect("domain_dns_zone_export", on: resource)
        let text = try #require(exported["zoneText"]?.string)
        #expect(text.contains("IN SOA") && text.contains("\(exported["soaSerial"]?.integer ?? 0)"))
        let (other, copy) = try await domain()
        _ = try await load(text, "replace", [:], other, copy)
        #expect(try await records(other, copy) == before)
        let again = try await load(text, "replace", [:], workshop, resource)
        #expect(again["added"] == [] && again["changed"] == [] && again["removed"] == [])
        #expect(again["soaSerial"] == exported["soaSerial"])
    }

    @Test("To merge replaces the sets that are named, to replace removes all others, and a dry run only tells")
    func modes() async throws {
        let (workshop, resource) = try await domain()
        _ = try await load("@ A 203.0.113.7\nwww A 203.0.113.7\n", "merge", [:], workshop, resource)
        let text = "www A 203.0.113.8\napi A 203.0.113.8\n"
        let dry = try await load(text, "replace", ["dryRun": true], workshop, resource)
        #expect(dry["added"] == ["A_api"] && dry["changed"] == ["A_www"] && dry["removed"] == ["A_@"])
        #expect(try await records(workshop, resource).count == 2)
        let merged = try await load(text, "merge", [:], workshop, resource)
        #expect(merged["removed"] == [])
        #expect(try await records(workshop, resource)["A_@"] == ["203.0.113.7"])
        let replaced = try await load(text, "replace", [:], workshop, resource)
        #expect(replaced["removed"] == ["A_@"])
        #expect(try await records(workshop, resource).count == 2)
    }

    @Test("An empty zone replaces nothing, unless that is meant")
    func empty() async throws {
        let (workshop, resource) = try await domain()
        _ = try await load(zone, "replace", [:], workshop, resource)
        let input: JSONValue = ["zoneText": "; nothing\n", "mode": "replace"]
        #expect(await workshop.code(of: "domain_dns_zone_import", input, on: resource) == "invalid_input")
        #expect(try await records(workshop, resource).count == 8)
        _ = try await load("", "replace", ["allowEmpty": true], workshop, resource)
        #expect(try await records(workshop, resource).isEmpty)
    }

    @Test(
        "What cannot be read is named by its line, and nothing of it is taken",
        arguments: [
            ("www A 203.0.113.7\nwww A nonsense\n", 2), ("\n\nwww FOO x\n", 3), ("www A (203.0.113.7\n", 1),
            ("www TXT \"open\n", 1), ("$INCLUDE other.zone\n", 1), ("www.example.org. A 203.0.113.7\n", 1),
            ("www 5 A 203.0.113.7\n", 1), ("www\n", 1), ("www A )\n", 1),
            ("$TTL soon\n", 1),
        ] as [(String, Int)])
    func faults(_ text: String, _ line: Int) async throws {
        let (workshop, resource) = try await domain()
        let fault = await #expect(throws: Workshop.Failed.self) {
            _ = try await self.load("@ A 203.0.113.1\n" + text, "merge", [:], workshop, resource)
        }
        #expect(fault?.code == "invalid_input")
        #expect(fault?.message.hasPrefix("zoneText, line \(line + 1):") == true, "\(fault?.message ?? "")")
        #expect(try await records(workshop, resource).isEmpty)
    }

    @Test("Whatever is sent as a zone, it is read or refused")
    func fuzz() async throws {
        let (workshop, resource) = try await domain()
        let pieces = [
            "@", "www", "*", " ", "\t", "\n", "\r\n", "IN", "A", "TXT", "MX", "10", "203.0.113.7", "\"", "\\", "\\300",
            "\\065", "(", ")", ";", "$TTL", "$ORIGIN", "1h", "99999999999999999999", "é", ".", "SOA", "CNAME",
        ]
        for seed in UInt64(0)..<300 {
            var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
            var text = ""
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count] + (state >> 62 == 0 ? "" : " ")
            }
            let input: JSONValue = ["zoneText": .string(text), "mode": "replace", "allowEmpty": true]
            let code = await workshop.code(of: "domain_dns_zone_import", input, on: resource)
            #expect(code == nil || ["invalid_input", "record_conflict"].contains(code), "seed \(seed): \(code ?? "")")
        }
    }
}
