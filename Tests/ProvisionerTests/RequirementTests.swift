import Domain
import Provisioners
import TestKit
import Testing

@Suite("Whether a configuration is what an item needs")
struct RequirementTests {
    struct Fault: Sendable {
        let item: String
        let field: String
        let value: JSONValue?
        let place: String

        init(_ item: String, _ field: String, _ value: JSONValue?, _ place: String) {
            self.item = item
            self.field = field
            self.value = value
            self.place = place
        }
    }

    struct Configured: Sendable {
        let item: String
        let configuration: JSONValue

        init(_ item: String, _ configuration: JSONValue) {
            self.item = item
            self.configuration = configuration
        }
    }

    @Test(
        "What is wrong is named by its place",
        arguments: [
            Fault("cat_domain_com", "domainName", nil, "$.domainName"),
            Fault("cat_domain_com", "domainName", "launchpad.org", "$.domainName"),
            Fault("cat_domain_com", "domainName", "www.launchpad.com", "$.domainName"),
            Fault("cat_domain_com", "domainName", "-launchpad.com", "$.domainName"),
            Fault("cat_domain_com", "domainName", "launch pad.com", "$.domainName"),
            Fault("cat_domain_com", "domainName", ["launchpad.com"], "$.domainName"),
            Fault("cat_domain_com", "periodYears", 0, "$.periodYears"),
            Fault("cat_domain_com", "periodYears", 11, "$.periodYears"),
            Fault("cat_domain_com", "periodYears", "1", "$.periodYears"),
            Fault("cat_domain_com", "periodYears", .number(1.5), "$.periodYears"),
            Fault("cat_domain_com", "autoRenew", "yes", "$.autoRenew"),
            Fault("cat_domain_com", "registrantEmail", "nobody", "$.registrantEmail"),
            Fault("cat_domain_com", "registrantCountry", "usa", "$.registrantCountry"),
            Fault("cat_domain_com", "colour", "red", "$.colour"),
            Fault("cat_vps_micro", "image", "nvidia-ai-ubuntu", "$.image"),
            Fault("cat_vps_micro", "region", "moon", "$.region"),
            Fault("cat_vps_micro", "hostname", "Web_1", "$.hostname"),
            Fault("cat_vps_micro", "billingTermMonths", 37, "$.billingTermMonths"),
            Fault("cat_phone_global_001", "capabilities", [], "$.capabilities"),
            Fault("cat_phone_global_001", "capabilities", "sms", "$.capabilities"),
            Fault("cat_phone_global_001", "capabilities", ["sms", "fax"], "$.capabilities[1]"),
            Fault("cat_phone_global_001", "countryCode", "ZZ", "$.countryCode"),
            Fault("cat_phone_global_001", "locality", .string(String(repeating: "a", count: 65)), "$.locality"),
            Fault("cat_phone_global_001", "initialBalanceUsd", .number(0.001), "$.initialBalanceUsd"),
            Fault("cat_phone_global_001", "initialBalanceUsd", -1, "$.initialBalanceUsd"),
            Fault("cat_phone_global_001", "initialBalanceUsd", 1001, "$.initialBalanceUsd"),
            Fault("cat_storage_object_001", "storageClass", "block", "$.storageClass"),
            Fault("cat_storage_block_001", "capacityGb", 99, "$.capacityGb"),
            Fault("cat_router_credit_001", "creditAmountUsd", nil, "$.creditAmountUsd"),
            Fault("cat_router_credit_001", "creditAmountUsd", "ten", "$.creditAmountUsd"),
        ])
    func faults(_ fault: Fault) throws {
        let request = try Workshop().request(fault.item)
        var members = try #require(request.configuration.object)
        members[fault.field] = fault.value
        let refusal = #expect(throws: Refusal.self) { try requirements(fault.item).validate(.object(members)) }
        #expect(refusal?.field == fault.place)
        #expect(refusal?.code == "configuration_invalid" && refusal?.reason == .mismatch)
    }

    @Test(
        "Fields that may be there may be missing",
        arguments: [
            Configured(
                "cat_domain_com",
                [
                    "domainName": "launchpad.com", "periodYears": 1, "registrantEmail": "ana@example.com",
                    "registrantCountry": "PT", "autoRenew": nil, "privacyProtection": false,
                ]
            ),
            Configured("cat_domain_com", ["domainName": "launch-pad-2.com", "periodYears": 10]),
            Configured(
                "cat_vps_gpu_standard",
                [
                    "hostname": "gpu-1.launchpad.com", "region": "eu-central", "image": "nvidia-ai-ubuntu",
                    "billingTermMonths": 1, "backupsEnabled": true,
                ]
            ),
            Configured(
                "cat_phone_global_001", ["countryCode": "GB", "numberType": "mobile", "capabilities": ["voice"]]),
            Configured("cat_router_credit_001", ["creditAmountUsd": "25.50"]),
        ])
    func right(_ wish: Configured) throws {
        try requirements(wish.item).validate(wish.configuration)
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
