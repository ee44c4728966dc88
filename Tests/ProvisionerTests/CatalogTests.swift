import Domain
import Ledger
import Provisioners
import TestKit
import Testing

@Suite("What a new server sells")
struct CatalogTests {
    struct Price: Sendable {
        let item: String
        let configuration: JSONValue
        let minor: Int64

        init(_ item: String, _ configuration: JSONValue, _ minor: Int64) {
            self.item = item
            self.configuration = configuration
            self.minor = minor
        }
    }

    struct More: Sendable {
        let item: String
        let action: ManagementAction
        let configuration: JSONValue
        let minor: Int64

        init(_ item: String, _ name: String, _ input: JSONValue, _ configuration: JSONValue, _ minor: Int64) {
            self.item = item
            action = ManagementAction(name, input)
            self.configuration = configuration
            self.minor = minor
        }
    }

    struct Impossible: Sendable {
        let item: String
        let action: ManagementAction
        let code: String

        init(_ item: String, _ name: String, _ input: JSONValue, _ code: String) {
            self.item = item
            action = ManagementAction(name, input)
            self.code = code
        }
    }

    @Test(
        "Items have the names that agents know",
        arguments: [
            ("cat_router_credit_001", "llm-router-credit-balance", "LLM Router Credits", "api_tokens", "llm_router"),
            ("cat_vps_micro", "vps-micro-monthly", "VPS Micro", "compute", "server"),
            ("cat_vps_small", "vps-small-monthly", "VPS Small", "compute", "server"),
            ("cat_vps_gpu_standard", "vps-gpu-standard", "VPS GPU Standard", "compute", "server"),
            ("cat_domain_com", "domain-com-registration", ".com Domain Registration", "domains", "domain"),
            ("cat_phone_global_001", "phone-global-rental", "Global Phone Numbers", "telephony", "phone_number"),
            (
                "cat_storage_object_001", "storage-object-starter", "Object Storage Starter", "storage",
                "storage_service"
            ),
            ("cat_storage_block_001", "storage-block-100", "Block Volume 100 GB", "storage", "storage_service"),
        ])
    func names(_ id: String, _ sku: String, _ name: String, _ category: String, _ type: String) throws {
        let item = try Workshop.item(id)
        #expect([item.sku, item.name, item.category, item.serviceType] == [sku, name, category, type])
        #expect(!item.capabilities.isEmpty && !item.about.isEmpty && !item.refundPolicy.isEmpty)
        #expect(Set(item.capabilities).count == item.capabilities.count)
    }

    @Test("A domain can be found by the letters ai")
    func findable() throws {
        #expect(try Workshop.item("cat_domain_com").about.lowercased().contains("ai"))
    }

    @Test(
        "Configurations cost what they should",
        arguments: [
            Price("cat_router_credit_001", ["creditAmountUsd": 25], 2500),
            Price(
                "cat_vps_micro", ["hostname": "a", "region": "us-east", "image": "debian-12", "billingTermMonths": 1],
                2400
            ),
            Price(
                "cat_vps_micro", ["hostname": "a", "region": "us-east", "image": "debian-12", "billingTermMonths": 3],
                7200
            ),
            Price("cat_domain_com", ["domainName": "launchpad.com", "periodYears": 1], 1499),
            Price("cat_domain_com", ["domainName": "launchpad.com", "periodYears": 2, "autoRenew": true], 2998),
            Price(
                "cat_phone_global_001",
                ["countryCode": "US", "numberType": "local", "capabilities": ["sms"], "initialBalanceUsd": 10], 1250
            ),
            Price("cat_phone_global_001", ["countryCode": "US", "numberType": "local", "capabilities": ["sms"]], 250),
            Price("cat_storage_object_001", ["region": "us-east", "storageClass": "object", "capacityGb": 250], 500),
            Price("cat_storage_block_001", ["region": "us-east", "storageClass": "block", "capacityGb": 100], 1000),
        ])
    func prices(_ price: Price) throws {
        let (item, provisioner) = try offer(price.item)
        try provisioner.requirements(of: item).validate(price.configuration)
        #expect(try provisioner.price(item, price.configuration, quantity: 1).total.minor == price.minor)
    }

    @Test("What recurs is told with how long it lasts")
    func recurring() throws {
        let (domain, simulated) = try offer("cat_domain_com")
        let price = try simulated.price(domain, ["domainName": "launchpad.com", "periodYears": 3], quantity: 1)
        #expect(price.recurring?.minor == 1499 && price.periodMonths == 12 && price.periods == 3)
        let phone = try Workshop.item("cat_phone_global_001")
        let rental = try simulated.price(phone, ["initialBalanceUsd": "7.50"], quantity: 1)
        #expect(rental.recurring?.minor == 250 && rental.balance.minor == 750 && rental.total.minor == 1000)
    }

    @Test(
        "More of a service costs what there is more of it",
        arguments: [
            More("cat_domain_com", "service_renew", ["periods": 2], ["periodYears": 1], 2998),
            More("cat_vps_micro", "service_renew", ["periods": 1], ["billingTermMonths": 12], 2400),
            More("cat_storage_object_001", "service_renew", ["periods": 1], ["capacityGb": 250], 500),
            More("cat_phone_global_001", "service_renew", ["periods": 3], ["initialBalanceUsd": 10], 750),
            More("cat_phone_global_001", "phone_balance_topup", ["amountUsd": 10], [:], 1000),
            More("cat_router_credit_001", "router_credit_topup", ["amountUsd": "12.34"], [:], 1234),
            More("cat_storage_object_001", "storage_volume_expand", ["capacityGb": 300], ["capacityGb": 250], 100),
            More("cat_storage_block_001", "storage_volume_expand", ["capacityGb": 150], ["capacityGb": 100], 500),
            More("cat_vps_micro", "server_resize", ["catalogItemId": "cat_vps_small"], [:], 4800),
        ])
    func extensions(_ more: More) throws {
        let (item, provisioner) = try offer(more.item)
        let price = try provisioner.price(
            of: more.action, on: item, more.configuration, quantity: 1,
            target: more.action.input["catalogItemId"]?.string.flatMap(DefaultCatalog.item))
        #expect(price.total.minor == more.minor)
    }

    @Test(
        "What cannot be bought more of is refused by its name",
        arguments: [
            Impossible("cat_storage_object_001", "storage_volume_expand", ["capacityGb": 250], "invalid_input"),
            Impossible("cat_storage_object_001", "storage_volume_expand", ["capacityGb": 10], "invalid_input"),
            Impossible("cat_phone_global_001", "phone_balance_topup", ["amountUsd": "0.001"], "invalid_input"),
            Impossible("cat_phone_global_001", "router_credit_topup", ["amountUsd": 1], "capability_unsupported"),
            Impossible("cat_vps_micro", "server_resize", ["catalogItemId": "cat_vps_micro"], "invalid_input"),
            Impossible("cat_domain_com", "service_renew", ["periods": 11], "invalid_input"),
        ])
    func refused(_ impossible: Impossible) throws {
        let (item, provisioner) = try offer(impossible.item)
        let refusal = #expect(throws: Refusal.self) {
            _ = try provisioner.price(
                of: impossible.action, on: item, ["capacityGb": 250], quantity: 1,
                target: impossible.action.input["catalogItemId"]?.string.flatMap(DefaultCatalog.item))
        }
        #expect(refusal?.code == impossible.code)
    }

    @Test("Configured things are bought one at a time; credits are not")
    func oneAtATime() throws {
        let (server, simulated) = try offer("cat_vps_micro")
        #expect(throws: Refusal.self) { _ = try simulated.price(server, [:], quantity: 2) }
        let (credits, router) = try offer("cat_router_credit_001")
        #expect(try router.price(credits, ["creditAmountUsd": 25], quantity: 2).total.minor == 5000)
    }

    private func offer(_ id: String) throws -> (CatalogItem, any Provisioner) {
        let item = try Workshop.item(id)
        return (item, item.provisioner == "router" ? RouterProvisioner() : try Workshop().simulated)
    }
}
