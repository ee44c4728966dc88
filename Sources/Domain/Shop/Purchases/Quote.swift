package import Ledger

/// A price for something, as it was configured, that holds until a moment; it can be bought once.
package struct Quote: ShopRecord, Equatable {
    package static let kind = "quote"

    package var id: ID
    package var account: ID
    /// Who asked, as events name them.
    package var actor: String
    package var item: CatalogItem
    package var configuration: JSONValue
    package var quantity: Int
    package var price: PriceBreakdown
    package var reality: Reality
    /// SHA-256, in hexadecimal, of what was offered: item, configuration, quantity and price. What an approval is
    /// bound to.
    package var hash: String
    package var clientReference: String?
    package var isTest: Bool
    /// The service that it is for, and what is to be done with it, where it is not for a new one.
    package var extending: Extension?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp
    /// What the policies said when it was asked for.
    package var preview: [PolicyTrace] = []
    /// What bought it.
    package var purchase: ID?
    package var version: Int64 = 1

    /// More of a service that is there already: its renewal, more credits, a larger disk.
    package struct Extension: Sendable, Equatable, Codable {
        package var service: ID
        package var action: ManagementAction

        package init(service: ID, action: ManagementAction) {
            self.service = service
            self.action = action
        }
    }

    package var shelf: String { purchase == nil ? "open" : "bought" }

    package init(
        id: ID, account: ID, actor: String, item: CatalogItem, configuration: JSONValue, quantity: Int,
        price: PriceBreakdown, reality: Reality, hash: String, clientReference: String?, isTest: Bool,
        extending: Extension?, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.actor = actor
        self.item = item
        self.configuration = configuration
        self.quantity = quantity
        self.price = price
        self.reality = reality
        self.hash = hash
        self.clientReference = clientReference
        self.isTest = isTest
        self.extending = extending
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
