package import Ledger

/// Something that can be bought.
package struct CatalogItem: Sendable, Equatable, Codable {
    /// `cat_domain_com`
    package var id: String
    /// `domain-com-registration`
    package var sku: String
    package var name: String
    package var about: String
    /// `domains`
    package var category: String
    /// What kind of service comes of it: `domain`, `server`, `llm_router`, `phone_number`, `storage_service`.
    package var serviceType: String
    /// Which provisioner has it, by its kind.
    package var provisioner: String
    package var price: ItemPrice
    /// What its provisioner needs to know: a GPU, a suffix, the size of a disk.
    package var traits: JSONValue
    /// What can be done with the service: `domain:nameservers:set`.
    package var capabilities: [String]
    /// In letters that people read.
    package var refundPolicy: String
    package var isDisabled: Bool

    package init(
        id: String, sku: String, name: String, about: String, category: String, serviceType: String,
        provisioner: String, price: ItemPrice, traits: JSONValue = .null, capabilities: [String] = [],
        refundPolicy: String = "Refundable by the owner.", isDisabled: Bool = false
    ) {
        self.id = id
        self.sku = sku
        self.name = name
        self.about = about
        self.category = category
        self.serviceType = serviceType
        self.provisioner = provisioner
        self.price = price
        self.traits = traits
        self.capabilities = capabilities
        self.refundPolicy = refundPolicy
        self.isDisabled = isDisabled
    }
}

/// What an item costs, as far as its provisioner leaves that to the catalog.
package struct ItemPrice: Sendable, Equatable, Codable {
    /// For one of it, or for one of its periods.
    package var unit: Money
    /// How long one period is, in months; nil for what is bought once.
    package var periodMonths: Int?

    package init(unit: Money, periodMonths: Int? = nil) {
        self.unit = unit
        self.periodMonths = periodMonths
    }
}

/// What something costs, line by line.
package struct PriceBreakdown: Sendable, Equatable, Codable {
    /// `.com Domain Registration, 1 year`
    package struct Line: Sendable, Equatable, Codable {
        package var text: String
        package var amount: Money

        package init(_ text: String, _ amount: Money) {
            self.text = text
            self.amount = amount
        }
    }

    package var lines: [Line]
    /// Whole cents.
    package var total: Money
    /// What it will cost again, each so many months; nil for what is bought once.
    package var recurring: Money?
    package var periodMonths: Int?
    /// How many of these periods are paid.
    package var periods: Int
    /// What of the total the service keeps as its own balance, to be used up: credits, a phone's balance.
    package var balance = Money.zero

    package init(
        lines: [Line], total: Money, recurring: Money? = nil, periodMonths: Int? = nil, periods: Int = 1,
        balance: Money = .zero
    ) {
        self.balance = balance
        self.lines = lines
        self.total = total
        self.recurring = recurring
        self.periodMonths = periodMonths
        self.periods = periods
    }
}
