import Ledger

/// What a new server sells. Items of the store with the same ids stand in their place.
package enum DefaultCatalog {
    package static let items = router + servers + domains + phones + storage

    package static func item(_ id: String) -> CatalogItem? { items.first { $0.id == id } }

    static let router = [
        CatalogItem(
            id: "cat_router_credit_001", sku: "llm-router-credit-balance", name: "LLM Router Credits",
            about: "Prepaid credits for the models behind the OpenAI-compatible router. Each request is charged by "
                + "its tokens, and router keys with limits of their own share the balance.",
            category: "api_tokens", serviceType: "llm_router", provisioner: "router",
            price: ItemPrice(unit: Money(micros: Money.microsPerDollar)), capabilities: Capability.ofRouter,
            refundPolicy: "Credits that were not used can be refunded.")
    ]

    static let domains = [
        CatalogItem(
            id: "cat_domain_com", sku: "domain-com-registration", name: ".com Domain Registration",
            about: "A .com domain for your AI product, your agents or anything else, with DNS records, WHOIS privacy "
                + "and a transfer lock. Registered by the year.",
            category: "domains", serviceType: "domain", provisioner: "simulated",
            price: ItemPrice(unit: cents(1499), periodMonths: 12), traits: ["suffix": ".com"],
            capabilities: Capability.ofDomains,
            refundPolicy: "A registration that failed is not charged; the owner may refund one that succeeded."
        )
    ]

    static let phones = [
        CatalogItem(
            id: "cat_phone_global_001", sku: "phone-global-rental", name: "Global Phone Numbers",
            about: "A phone number in one of several countries, rented by the month: messages, missed calls and a "
                + "prepaid balance. Numbers of this store reach each other; nobody else is reached.",
            category: "telephony", serviceType: "phone_number", provisioner: "simulated",
            price: ItemPrice(unit: cents(250), periodMonths: 1), capabilities: Capability.ofPhones,
            refundPolicy: "The first month is not refunded once a number is assigned; an unused balance is.")
    ]

    /// Prices of storage are for one gigabyte and one month.
    static let storage = [
        CatalogItem(
            id: "cat_storage_object_001", sku: "storage-object-starter", name: "Object Storage Starter",
            about: "A bucket for objects of any kind, with access keys of several permissions and snapshots, at 2 "
                + "cents for each gigabyte and month.",
            category: "storage", serviceType: "storage_service", provisioner: "simulated",
            price: ItemPrice(unit: cents(2), periodMonths: 1), traits: ["storageClass": "object", "leastGb": 1],
            capabilities: Capability.ofBuckets,
            refundPolicy: "Refundable by the owner for months that have not begun."),
        CatalogItem(
            id: "cat_storage_block_001", sku: "storage-block-100", name: "Block Volume 100 GB",
            about: "A volume of 100 GB or more that is attached to a server of yours, grows while it is in use and "
                + "can be put back to a snapshot, at 10 cents for each gigabyte and month.",
            category: "storage", serviceType: "storage_service", provisioner: "simulated",
            price: ItemPrice(unit: cents(10), periodMonths: 1), traits: ["storageClass": "block", "leastGb": 100],
            capabilities: Capability.ofVolumes,
            refundPolicy: "Refundable by the owner for months that have not begun."),
    ]

    static func cents(_ count: Int64) -> Money { Money(micros: count * Money.microsPerMinor) }
}
