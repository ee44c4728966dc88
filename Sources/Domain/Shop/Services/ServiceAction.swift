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
