/// Actions that are bought, by the names of their tools.
package enum ServiceAction {
    package static let renew = "service_renew"
    package static let resize = "server_resize"
    package static let expand = "storage_volume_expand"
    package static let topUpPhone = "phone_balance_topup"
    package static let topUpRouter = "router_credit_topup"
}
