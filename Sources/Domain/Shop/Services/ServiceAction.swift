/// Actions that the shop itself knows, by the names of their tools.
package enum ServiceAction {
    // These are bought.
    package static let renew = "service_renew"
    package static let resize = "server_resize"
    package static let expand = "storage_volume_expand"
    package static let topUpPhone = "phone_balance_topup"
    package static let topUpRouter = "router_credit_topup"
    /// An operation only where a person has to agree to it.
    package static let cancel = "service_cancel"
    package static let atPeriodEnd = "period_end"
}

/// What a service's events are called.
package enum ServiceEvent {
    package static let (received, missed) = ("message.received", "call.missed")
    /// What a number's webhook may ask for.
    package static let ofPhones = [received, missed]

    /// - Parameter word: what a number's webhook asks for: `message.received`.
    package static func phone(_ word: String) -> String { "phone.\(word)" }
}
