package import Ledger

/// Where bought things come from.
///
/// `token` names one effect: asked twice with the same token, a provisioner brings about one thing, and `lookup` finds
/// it. Outputs hold no secrets but those of `secrets`, which are told once and never kept.
package protocol Provisioner: Sendable {
    /// Its name in the catalog: `router`, `simulated`.
    var kind: String { get }
    /// How real what it brings is.
    var reality: Reality { get }
    /// Who it is for people: the provider's name.
    var name: String { get }
    /// Whether its effects are rows of the same store, brought about by `Shop` itself: nothing is to be waited for.
    var isImmediate: Bool { get }

    /// What this machine can do; items that do not pass are not sold.
    func canProvide(_ item: CatalogItem) async -> Bool
    /// What a configuration of the item must look like.
    func requirements(of item: CatalogItem) -> ItemRequirements
    /// Refuses what cannot be had, such as a taken domain; no effect.
    func check(_ item: CatalogItem, _ configuration: JSONValue) async throws
    /// What it costs; pure, for a configuration that meets the requirements.
    func price(_ item: CatalogItem, _ configuration: JSONValue, quantity: Int) throws(Refusal) -> PriceBreakdown
    /// What more of a service costs: its renewal, more credits, a larger disk; pure.
    /// - Parameters:
    ///   - item: what the service is now, with its configuration as it is now.
    ///   - target: the item that a service is to become, where the action names one.
    func price(
        of action: ManagementAction, on item: CatalogItem, _ configuration: JSONValue, quantity: Int,
        target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown

    func provision(_ request: ProvisionRequest) async -> ProvisionOutcome
    func lookup(_ token: OperationToken) async -> ProvisionLookup
    /// A change of a resource.
    func perform(_ action: ManagementAction, on resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome
    /// What a resource is like; no effect.
    /// - Parameter resource: nil for what is asked of no resource, such as whether a domain is free.
    /// - Throws: a refusal that names the input at fault.
    func inspect(_ action: ManagementAction, on resource: ResourceRef?) async throws -> JSONValue
    /// What an action costs of the service's own balance, such as a message; nil for nothing. Pure.
    func cost(of action: ManagementAction, on item: CatalogItem) throws(Refusal) -> Money?
    func deprovision(_ resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome
    /// Everything that it has brought for this store and not taken away.
    func inventory() async throws -> [ResourceRef]
}

/// How real what a provisioner brings is.
package enum Reality: String, Sendable, Codable {
    case real
    case closedNetwork = "closed-network"
    case simulated
}

/// Which effect something is: a purchase or an operation, and what was to be done. The same after every crash.
package struct OperationToken: Sendable, Hashable, Codable {
    package var text: String

    package init(_ subject: ID, _ name: String) {
        text = "\(subject.uuid)/\(name)"
    }
}

/// A thing that a provisioner brought, by its own name for it.
package struct ResourceRef: Sendable, Hashable, Codable {
    /// The provisioner's kind.
    package var provisioner: String
    package var id: String

    package init(provisioner: String, id: String) {
        self.provisioner = provisioner
        self.id = id
    }
}

/// What is to be brought.
package struct ProvisionRequest: Sendable, Equatable {
    package var token: OperationToken
    package var account: ID
    package var service: ID
    package var item: CatalogItem
    package var configuration: JSONValue
    package var quantity: Int
    package var isTest: Bool

    package init(
        token: OperationToken, account: ID, service: ID, item: CatalogItem, configuration: JSONValue, quantity: Int,
        isTest: Bool
    ) {
        self.token = token
        self.account = account
        self.service = service
        self.item = item
        self.configuration = configuration
        self.quantity = quantity
        self.isTest = isTest
    }
}

/// Something to be done with a resource, or asked of it: `server_restart`, by the name of its tool.
package struct ManagementAction: Sendable, Equatable, Codable {
    package var name: String
    /// An object that meets the tool's schema.
    package var input: JSONValue

    package init(_ name: String, _ input: JSONValue) {
        self.name = name
        self.input = input
    }
}

/// What came of asking a provisioner.
package enum ProvisionOutcome: Sendable, Equatable {
    /// - Parameters:
    ///   - outputs: what the buyer is told and may ask for again.
    ///   - secrets: told once, in the answer to whoever asked, and kept nowhere.
    case succeeded(ResourceRef, outputs: JSONValue, secrets: JSONValue = .null)
    /// It is not done yet: look it up after so many milliseconds.
    case pending(pollAfterMilliseconds: Int, reason: String)
    /// A person has to do something first, such as confirming an address.
    case actionRequired(JSONValue)
    /// - Parameter isDefinite: true only if no effect can appear later.
    case failed(code: String, message: String, isDefinite: Bool)
    /// It was asked and nothing is known.
    case unknown(String)
}

/// What a provisioner finds under a token.
package enum ProvisionLookup: Sendable, Equatable {
    case found(ProvisionOutcome)
    /// It is not there, and will not appear.
    case absent
    case unknown
}

/// What a configuration of an item must look like: enough for a JSON Schema.
package struct ItemRequirements: Sendable, Equatable {
    /// One member of a configuration.
    package struct Field: Sendable, Equatable {
        /// As JSON Schema has types: `string`, `integer`, `number` (dollars with two places at most, as text too),
        /// `boolean`, `array` (of strings, for each of which choices and pattern hold).
        package var type: String
        package var name: String
        package var isRequired: Bool
        package var about: String
        /// What it may be; empty for anything of its type.
        package var choices: [String]
        /// A regular expression that all of a text matches.
        package var pattern: String?
        /// Of a number its bounds, of a text those of its length, of an array those of its count.
        package var least: Int64?
        package var most: Int64?
        package var usually: JSONValue?

        package init(
            _ name: String, _ type: String, isRequired: Bool = true, about: String, choices: [String] = [],
            pattern: String? = nil, least: Int64? = nil, most: Int64? = nil, usually: JSONValue? = nil
        ) {
            self.name = name
            self.type = type
            self.isRequired = isRequired
            self.about = about
            self.choices = choices
            self.pattern = pattern
            self.least = least
            self.most = most
            self.usually = usually
        }
    }

    package var fields: [Field]
    /// A configuration that meets them.
    package var example: JSONValue
    package var supportedImages: [String]

    package init(fields: [Field], example: JSONValue, supportedImages: [String] = []) {
        self.fields = fields
        self.example = example
        self.supportedImages = supportedImages
    }
}
