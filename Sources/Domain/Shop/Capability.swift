/// What an agent key is good for: the scopes of the shop. Those of services, such as `router:usage:get`, are named by
/// the items that have them.
package enum Capability {
    package static let catalogRead = "catalog:read"
    package static let quoteWrite = "quote:write"
    package static let purchaseRead = "purchase:read"
    package static let purchaseWrite = "purchase:write"
    package static let walletRead = "wallet:read"
    package static let policyRead = "policy:read"
    package static let serviceRead = "service:read"
    package static let serviceWrite = "service:write"

    /// What a key may do when nothing is said of it.
    package static let all = [
        catalogRead, quoteWrite, purchaseRead, purchaseWrite, walletRead, policyRead, serviceRead, serviceWrite,
    ]
}
