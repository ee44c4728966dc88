/// A knowledge source: documents that agents answer from.
package struct Source: Sendable, Equatable {
    /// What people use it for; Rialto treats all alike.
    package enum Kind: String, Sendable, CaseIterable {
        case api, snippet, custom
    }

    /// Who finds it, and is answered from it.
    package enum Visibility: String, Sendable, CaseIterable {
        /// Everybody of its account.
        case account
        /// Its owner alone.
        case personal
    }

    package var id: ID
    package var account: ID
    /// Its name in paths and on command lines, unique within its account.
    package var slug: String
    package var name: String
    package var about: String
    package var kind: Kind
    package var visibility: Visibility
    /// The principal who made it; empty for the operator.
    package var owner: String
    package var createdAt: Timestamp
    /// How often passages were taken out of it: whoever holds a copy of it knows then that it is stale.
    package var removals: Int64 = 0

    package init(
        id: ID, account: ID, slug: String, name: String, about: String = "", kind: Kind = .custom,
        visibility: Visibility = .account, owner: String = "", createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.slug = slug
        self.name = name
        self.about = about
        self.kind = kind
        self.visibility = visibility
        self.owner = owner
        self.createdAt = createdAt
    }

    package func isVisible(to principal: String, of account: ID) -> Bool {
        self.account == account && (visibility == .account || owner == principal)
    }

    /// `[a-z0-9][a-z0-9_-]{0,63}`
    package static func check(slug: String) throws(Refusal) {
        guard Agent.isPlain(slug) else {
            throw .invalid(
                "slug", "“\(slug)” is no slug: use 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit.")
        }
    }
}
