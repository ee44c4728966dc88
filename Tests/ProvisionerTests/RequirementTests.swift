import Domain
import Provisioners
import TestKit
import Testing

@Suite("Whether a configuration is what an item needs")
struct RequirementTests {
    @Test(
        "What is wrong is named by its place",
        arguments: [
            ("cat_domain_com", "domainName", nil, "$.domainName"),
            ("cat_domain_com", "domainName", "launchpad.org", "$.domainName"),
            ("cat_domain_com", "domainName", "www.launchpad.com", "$.domainName"),
            ("cat_domain_com", "domainName", "-launchpad.com", "$.domainName"),
            ("cat_domain_com", "domainName", "launch pad.com", "$.domainName"),
            ("cat_domain_com", "domainName", ["launchpad.com"], "$.domainName"),
            ("cat_domain_com", "periodYears", 0, "$.periodYears"),
            ("cat_domain_com", "periodYears", 11, "$.periodYears"),
            ("cat_domain_com", "periodYears", "1", "$.periodYears"),
            ("cat_domain_com", "periodYears", .number(1.5), "$.periodYears"),
            ("cat_domain_com", "autoRenew", "yes", "$.autoRenew"),
            ("cat_domain_com", "registrantEmail", "nobody", "$.registrantEmail"),
            ("cat_domain_com", "registrantCountry", "usa", "$.registrantCountry"),
            ("cat_domain_com", "colour", "red", "$.colour"),
            ("cat_vps_micro", "image", "nvidia-ai-ubuntu", "$.image"),
            ("cat_vps_micro", "region", "moon", "$.region"),
            ("cat_vps_micro", "hostname", "Web_1", "$.hostname"),
            ("cat_vps_micro", "billingTermMonths", 37, "$.billingTermMonths"),
            ("cat_phone_global_001", "capabilities", [], "$.capabilities"),
            ("cat_phone_global_001", "capabilities", "sms", "$.capabilities"),
            ("cat_phone_global_001", "capabilities", ["sms", "fax"], "$.capabilities[1]"),
            ("cat_phone_global_001", "countryCode", "ZZ", "$.countryCode"),
            ("cat_phone_global_001", "locality", .string(String(repeating: "a", count: 65)), "$.locality"),
            ("cat_phone_global_001", "initialBalanceUsd", .number(0.001), "$.initialBalanceUsd"),
            ("cat_phone_global_001", "initialBalanceUsd", -1, "$.initialBalanceUsd"),
            ("cat_phone_global_001", "initialBalanceUsd", 1001, "$.initialBalanceUsd"),
            ("cat_storage_object_001", "storageClass", "block", "$.storageClass"),
            ("cat_storage_block_001", "capacityGb", 99, "$.capacityGb"),
            ("cat_router_credit_001", "creditAmountUsd", nil, "$.creditAmountUsd"),
            ("cat_router_credit_001", "creditAmountUsd", "ten", "$.creditAmountUsd"),
        ] as [(String, String, JSONValue?, String)])
    func faults(_ id: String, _ field: String, _ value: JSONValue?, _ place: String) throws {
        let request = try Workshop().request(id)
        var members = try #require(request.configuration.object)
        members[field] = value
        let refusal = #expect(throws: Refusal.self) { try requirements(id).validate(.object(members)) }
        #expect(refusal?.field == place)
        #expect(refusal?.code == "configuration_invalid" && refusal?.reason == .mismatch)
    }

    @Test(
        "Fields that may be there may be missing",
        arguments: [
            (
                "cat_domain_com",
                [
                    "domainName": "launchpad.com", "periodYears": 1, "registrantEmail": "ana@example.com",
                    "registrantCountry": "PT", "autoRenew": nil, "privacyProtection": false,
                ]
            ),
            ("cat_domain_com", ["domainName": "launch-pad-2.com", "periodYears": 10]),
            (
                "cat_vps_gpu_standard",
                [
                    "hostname": "gpu-1.launchpad.com", "region": "eu-central", "image": "nvidia-ai-ubuntu",
                    "billingTermMonths": 1, "backupsEnabled": true,
                ]
            ),
            ("cat_phone_global_001", ["countryCode": "GB", "numberType": "mobile", "capabilities": ["voice"]]),
            ("cat_router_credit_001", ["creditAmountUsd": "25.50"]),
        ] as [(String, JSONValue)])
    func right(_ id: String, _ configuration: JSONValue) throws {
        try requirements(id).validate(configuration)
    }

    @Test("No configuration is an empty one, and a list is none")
    func shapes() throws {
        try ItemRequirements(fields: [], example: [:]).validate(.null)
        let refusal = #expect(throws: Refusal.self) { try requirements("cat_domain_com").validate([1]) }
        #expect(refusal?.field == "$")
    }

    private func requirements(_ id: String) throws -> ItemRequirements {
        let item = try Workshop.item(id)
        return item.provisioner == "router"
            ? RouterProvisioner().requirements(of: item) : try Workshop().simulated.requirements(of: item)
    }
}
