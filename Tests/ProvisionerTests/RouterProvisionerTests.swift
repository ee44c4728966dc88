import Domain
import Ledger
import Provisioners
import Testing

@Suite("Credits of the router")
struct RouterProvisionerTests {
    private let item = CatalogItem(
        id: "cat_router_credit_001", sku: "llm-router-credit-balance", name: "LLM Router Credits", about: "",
        category: "api_tokens", serviceType: "llm_router", provisioner: "router",
        price: ItemPrice(unit: Money(micros: 0)))

    @Test("Credits cost what they are")
    func price() throws {
        let price = try RouterProvisioner().price(item, ["creditAmountUsd": 25], quantity: 2)
        #expect(price.total.minor == 5000)
    }

    @Test(
        "An amount has two places at most, and is never read through a float",
        arguments: [
            ("25.10", 25_100_000), ("0.999", nil), ("-1", nil), ("1e3", nil), ("1.07", 1_070_000),
        ] as [(String, Int64?)])
    func digits(_ text: String, _ micros: Int64?) {
        let price = try? RouterProvisioner().price(item, ["creditAmountUsd": .string(text)], quantity: 1)
        #expect(price?.total.micros == micros)
    }
}
