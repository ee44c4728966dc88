import Domain
import Provisioners
import TestKit
import Testing

@Suite("Simulated domains")
struct DomainTests {
    private func domain(_ changes: [String: JSONValue] = [:]) async throws -> (Workshop, ResourceRef, JSONValue) {
        let workshop = try Workshop()
        let brought = try await workshop.bring("cat_domain_com", changes)
        return (workshop, brought.resource, brought.outputs)
    }

    @Test("A domain is registered for its years, with name servers")
    func registered() async throws {
        let (_, _, outputs) = try await domain(["periodYears": 2])
        #expect(outputs["domainName"] == "launchpad.com")
        #expect(outputs["nameservers"]?.array?.count == 2)
        #expect(outputs["expiresAt"] == "2028-03-14T10:30:00.000Z")
        #expect(outputs["privacyProtection"] == true && outputs["locked"] == true)
    }

    @Test("A name is one owner's, until it is given up")
    func taken() async throws {
        let (workshop, resource, _) = try await domain()
        let refusal = await #expect(throws: Refusal.self) {
            try await workshop.simulated.check(
                Workshop.item("cat_domain_com"), ["domainName": "launchpad.com", "periodYears": 1])
        }
        #expect(refusal?.code == "item_unavailable" && refusal?.field == "$.domainName")
        let second = await workshop.simulated.provision(try workshop.request("cat_domain_com", by: workshop.boris))
        #expect(second.isDefiniteFailure)
        _ = await workshop.simulated.deprovision(resource, token: OperationToken(workshop.ana, "deprovision"))
        _ = try await workshop.bring("cat_domain_com", by: workshop.boris)
    }

    @Test("Only one of many who want a name at once has it")
    func race() async throws {
        let workshop = try Workshop()
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                let request = try workshop.request("cat_domain_com")
                group.addTask { await workshop.simulated.provision(request).isSuccess }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        #expect(try await workshop.simulated.inventory().count == 1)
    }

    @Test("Which names are free is told for many at once")
    func check() async throws {
        let (workshop, _, _) = try await domain()
        let answer = try await workshop.inspect(
            "domain_check", ["domainNames": ["launchpad.com", "Rocket.com", "rocket.org", "bad name.com"]])
        let domains = try #require(answer["domains"]?.array)
        #expect(domains.map { $0["available"] } == [false, true, false, false])
        #expect(domains[0]["reason"] == "registered" && domains[2]["reason"] == "not_sold")
        #expect(domains[1]["priceMinor"] == 1499 && domains[1]["domainName"] == "rocket.com")
        #expect(await workshop.field(of: "domain_check", ["domainNames": []]) == "domainNames")
    }

    @Test("Name servers, contact, privacy and lock are set and seen")
    func settings() async throws {
        let (workshop, resource, _) = try await domain(["registrantEmail": "ana@example.com"])
        let set = try await workshop.perform(
            "domain_nameservers_set", ["nameservers": ["NS1.Example.net.", "ns2.example.net"]], on: resource)
        #expect(set["service", "nameservers"] == ["ns1.example.net", "ns2.example.net"])
        try await workshop.perform(
            "domain_contact_set", ["contact": ["email": "ana@launchpad.com", "country": "PT"]], on: resource)
        let hidden = try await workshop.inspect("domain_get", on: resource)
        #expect(hidden["contact", "email"] == "ana@launchpad.com")
        #expect(!(hidden["whois"]?.texts.contains("ana@launchpad.com") ?? true))
        try await workshop.perform("domain_privacy_set", ["enabled": false], on: resource)
        let unlocked = try await workshop.perform("domain_lock_set", ["locked": false], on: resource)
        #expect(unlocked["service"] == ["locked": false])
        let seen = try await workshop.inspect("domain_get", on: resource)
        #expect(seen["whois", "registrant", "country"] == "PT")
        #expect(seen["privacyProtection"] == false && seen["locked"] == false)
        #expect(seen["nameservers"] == ["ns1.example.net", "ns2.example.net"])
    }

    @Test(
        "What cannot be set is refused, and nothing changes",
        arguments: [
            ManagementAction("domain_nameservers_set", ["nameservers": []]),
            ManagementAction("domain_nameservers_set", ["nameservers": ["localhost"]]),
            ManagementAction("domain_nameservers_set", ["nameservers": ["ns1.example.net", "ns1.example.net"]]),
            ManagementAction("domain_contact_set", ["contact": ["email": "nobody"]]),
            ManagementAction("domain_contact_set", ["contact": ["email": "a@b.pt", "fax": "1"]]),
            ManagementAction("domain_privacy_set", ["enabled": "no"]),
            ManagementAction("domain_lock_set", [:]),
        ])
    func refused(_ action: ManagementAction) async throws {
        let (workshop, resource, _) = try await domain()
        let before = try await workshop.inspect("domain_get", on: resource)
        #expect(await workshop.code(of: action.name, action.input, on: resource) == "invalid_input")
        #expect(try await workshop.inspect("domain_get", on: resource) == before)
    }

    @Test("A renewal moves the day of expiry, ten years ahead at most")
    func renewal() async throws {
        let (workshop, resource, _) = try await domain()
        let renewed = try await workshop.perform("service_renew", ["periods": 2], on: resource)
        #expect(renewed["expiresAt"] == "2029-03-14T10:30:00.000Z")
        #expect(await workshop.code(of: "service_renew", ["periods": 8], on: resource) == "invalid_input")
        #expect(try await workshop.inspect("domain_get", on: resource)["expiresAt"] == "2029-03-14T10:30:00.000Z")
    }

    @Test("A domain is no server, and what is gone can do nothing")
    func unsupported() async throws {
        let (workshop, resource, _) = try await domain()
        #expect(await workshop.code(of: "server_restart", [:], on: resource) == "capability_unsupported")
        let refusal = await #expect(throws: Refusal.self) {
            _ = try await workshop.inspect("server_get", on: resource)
        }
        #expect(refusal?.code == "capability_unsupported")
        _ = await workshop.simulated.deprovision(resource, token: OperationToken(workshop.ana, "deprovision"))
        #expect(await workshop.code(of: "domain_lock_set", ["locked": true], on: resource) == "not_found")
        #expect(await workshop.field(of: "domain_get", [:], on: resource) == "serviceId")
    }
}
