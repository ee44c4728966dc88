package import Ledger

/// What all rules together say of a purchase: the worst of what each says.
package struct Decision: Sendable, Equatable {
    package var outcome: PolicyTrace.Outcome
    package var trace: [PolicyTrace]
    /// What the purchase takes of the budgets, if it is made.
    package var draws: [BudgetDraw]
    /// How long a person may take to agree, at most.
    package var approvalMinutes: Int

    package init(trace: [PolicyTrace], draws: [BudgetDraw], approvalMinutes: Int = 24 * 60) {
        outcome = trace.map(\.outcome).max() ?? .allow
        self.trace = trace
        self.draws = draws
        self.approvalMinutes = approvalMinutes
    }
}

/// What a purchase takes of one budget, which is opened with it where it is new.
package struct BudgetDraw: Sendable, Equatable {
    package var budget: AccountName
    /// What the budget begins with, where it has no row yet; 0 where nothing is left of it.
    package var opening: Int64?
    /// Millionths of a dollar, or 1 for a purchase that is counted.
    package var amount: Int64

    package init(budget: AccountName, opening: Int64?, amount: Int64) {
        self.budget = budget
        self.opening = opening
        self.amount = amount
    }
}

/// One layer's policy, and for whom it is set.
package struct PolicyLayer: Sendable, Equatable {
    package var subject: PolicyVersion.Subject
    /// The version's id: a changed policy counts its budgets anew, from what was spent by then.
    package var id: ID
    package var number: Int64
    package var policy: Policy
    /// As the owner wrote it.
    package var document: JSONValue

    package init(
        subject: PolicyVersion.Subject, id: ID, number: Int64, policy: Policy, document: JSONValue = .null
    ) {
        self.subject = subject
        self.id = id
        self.number = number
        self.policy = policy
        self.document = document
    }

    /// - Throws: `invalid` for a version that cannot be read.
    package init(_ version: PolicyVersion) throws(Refusal) {
        guard let subject = PolicyVersion.Subject(text: version.subject) else {
            throw .invalid("subject", "A policy is set for nobody that is known: \(version.subject).")
        }
        self.init(
            subject: subject, id: version.id, number: version.number, policy: try Policy(parsing: version.document),
            document: version.document)
    }
}

/// What somebody would like to buy, as policies see it.
package struct PolicyWish: Sendable {
    package var account: ID
    package var item: CatalogItem
    package var configuration: JSONValue
    package var quantity: Int
    package var price: PriceBreakdown
    /// The address that the wish came from, where it is known.
    package var address: String?
    /// An action on a service that is there already, where the wish is one: `server_reinstall`, or what pays for more
    /// of it.
    package var action: String?
    package var isDestructive = false
    /// Whether a person has agreed: rules that ask for one are met.
    package var isAgreedTo = false
    /// Whether it came without a request whose address counts: what the shop itself wants, or is judged once more.
    package var isWithoutAddress = false
    package var isTest: Bool
    package var at: Timestamp

    package init(
        account: ID, item: CatalogItem, configuration: JSONValue, quantity: Int, price: PriceBreakdown,
        address: String? = nil, isTest: Bool, at: Timestamp
    ) {
        self.account = account
        self.item = item
        self.configuration = configuration
        self.quantity = quantity
        self.price = price
        self.address = address
        self.isTest = isTest
        self.at = at
    }

    /// Whether it costs something, or should.
    package var isPurchase: Bool { action == nil || price.total != .zero }
}

extension PolicyWish {
    /// An action that costs nothing; its configuration is the service's, with what the action's input says instead.
    package init(
        _ action: ManagementAction, on service: Service, isDestructive: Bool, address: String? = nil,
        at moment: Timestamp
    ) {
        let members = (service.configuration.object ?? [:]).merging(action.input.object ?? [:]) { $1 }
        self.init(
            account: service.account, item: service.item, configuration: .object(members),
            quantity: service.quantity, price: PriceBreakdown(lines: [], total: .zero), address: address,
            isTest: service.isTest, at: moment)
        self.action = action.name
        self.isDestructive = isDestructive
    }
}

/// What policies have to know of the past: of one account's real money or of its test money, answered within the
/// transaction that buys.
package protocol PolicyGround {
    /// nil where the budget has never been opened.
    func balance(of budget: AccountName) throws -> Balance?
    /// Money of purchases by a subject since a moment, held or paid, whose category is one of these.
    func spent(since start: Timestamp?, by subject: PolicyVersion.Subject, categories: [String]?) throws -> Money
    /// How many purchases a subject has made since a moment: held, under way or completed.
    func purchases(since start: Timestamp?, by subject: PolicyVersion.Subject) throws -> Int64
    func hasBought(category: String, by subject: PolicyVersion.Subject) throws -> Bool
    /// Services that are not terminated, and those that are being bought.
    func activeServices(type: String?, by subject: PolicyVersion.Subject) throws -> Int
}
