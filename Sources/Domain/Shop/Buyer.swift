/// Who deals with the shop, after a door has recognised them.
package struct Buyer: Sendable, Equatable {
    /// In which role; agents may buy and manage, owners may do everything.
    package enum Role: Sendable, Equatable {
        case agent(label: String, key: ID)
        /// By an owner key, or at the command line (nil).
        case owner(key: ID?)
        /// The shop itself, when it renews a service for whoever bought it.
        case renewal(agent: String?, key: ID?)
    }

    package var account: ID
    package var role: Role
    package var scopes: Set<String>
    /// Whether this is all play: simulated provisioners and a wallet of play money.
    package var isTest: Bool
    /// The address that the request came from, where a policy asks.
    package var address: String?

    package init(account: ID, role: Role, scopes: Set<String>, isTest: Bool, address: String? = nil) {
        self.account = account
        self.role = role
        self.scopes = scopes
        self.isTest = isTest
        self.address = address
    }

    /// As events and transfers name them: `agent:shopper/<key>`, `owner:<key>`, `owner:cli`, `renewal`.
    package var actor: String {
        switch role {
        case .agent(let label, let key): "agent:\(label)/\(key.uuid)"
        case .owner(let key): "owner:\(key?.uuid ?? "cli")"
        case .renewal: "renewal"
        }
    }

    /// Under whose policies it is, besides the account's.
    package var agent: String? {
        switch role {
        case .agent(let label, _): label
        case .renewal(let label, _): label
        case .owner: nil
        }
    }

    package var key: ID? {
        switch role {
        case .agent(_, let key): key
        case .renewal(_, let key): key
        case .owner: nil
        }
    }

    package var isOwner: Bool { if case .owner = role { true } else { false } }

    /// Under which name its idempotency keys are kept.
    package var principal: Principal {
        let name =
            switch role {
            case .agent(_, let key): "agent-key:\(key.uuid)"
            case .owner(let key): "owner:\(key?.uuid ?? "cli")"
            case .renewal: "renewal"
            }
        return Principal(id: name, account: account, agents: [], scopes: scopes)
    }
}
