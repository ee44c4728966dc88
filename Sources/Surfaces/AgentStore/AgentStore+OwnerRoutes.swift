import HTTPTypes

/// Which tool stands where, below `/v1/account`: what only owners do, and their own checkout by the same tools that
/// agents have.
extension AgentStore {
    static let ownerRoutes: [AgentStoreRoute] = [
        .init("account_agent_list", .get, "/agents"),
        .init("account_agent_key_list", .get, "/agents/{agent}/keys"),
        .init("account_agent_key_create", .post, "/agents/{agent}/keys"),
        .init("account_agent_key_revoke", .delete, "/agents/{agent}/keys/{keyId}"),
        .init("account_agent_key_rotate", .post, "/agents/{agent}/keys/{keyId}/rotate"),
        .init("account_policy_list", .get, "/policies"),
        .init("account_policy_set", .put, "/policies"),
        .init("account_policy_simulate", .post, "/policies/simulate"),
        .init("account_approval_list", .get, "/approvals"),
        .init("account_approval_get", .get, "/approvals/{approvalId}"),
        .init("account_approval_approve", .post, "/approvals/{approvalId}/approve"),
        .init("account_approval_reject", .post, "/approvals/{approvalId}/reject"),
        .init("account_funding_request_list", .get, "/funding-requests"),
        .init("account_fund", .post, "/funding"),
        .init("account_wallet_adjust", .post, "/wallet/adjustments"),
        .init("account_freeze", .post, "/freeze"),
        .init("account_unfreeze", .post, "/unfreeze"),
        .init("account_ledger_verify", .get, "/ledger/verify"),
        .init("account_catalog_list", .get, "/catalog"),
        .init("account_catalog_put", .post, "/catalog"),
        .init("account_catalog_disable", .post, "/catalog/{catalogItemId}/disable"),
        .init("account_catalog_enable", .post, "/catalog/{catalogItemId}/enable"),
        .init("account_provider_list", .get, "/providers"),
        .init("account_phone_message_receive", .post, "/services/{serviceId}/phone/inbound-messages"),
        .init("account_phone_call_receive", .post, "/services/{serviceId}/phone/inbound-calls"),
        .init("account_reconciliation_list", .get, "/reconciliation"),
        .init("account_reconciliation_resolve", .post, "/reconciliation/{purchaseId}/resolve"),
        .init("account_webhook_list", .get, "/webhooks"),
        .init("account_webhook_create", .post, "/webhooks"),
        .init("account_webhook_delete", .delete, "/webhooks/{webhookId}"),
        .init("quote_create", .post, "/quotes"),
        .init("quote_get", .get, "/quotes/{quoteId}"),
        .init("purchase_create", .post, "/purchases"),
        .init("purchase_find", .get, "/purchases", if: .naming("idempotencyKey")),
        .init("purchase_list", .get, "/purchases"),
        .init("purchase_get_status", .get, "/purchases/{purchaseId}"),
        .init("purchase_cancel", .post, "/purchases/{purchaseId}/cancel"),
        .init("purchase_receipt_get", .get, "/purchases/{purchaseId}/receipt"),
        .init("refund_request", .post, "/purchases/{purchaseId}/refunds"),
        .init("refund_get", .get, "/refunds/{refundId}"),
        .init("wallet_get", .get, "/wallet"),
        .init("wallet_transaction_list", .get, "/wallet/transactions"),
        .init("service_list", .get, "/services"),
        .init("service_get", .get, "/services/{serviceId}"),
        .init("service_cancel", .post, "/services/{serviceId}/cancel"),
        .init("event_list", .get, "/events"),
    ]

    /// The tool of a route, an agent's or an owner's.
    static func tool(_ route: AgentStoreRoute) -> Tool? {
        Tool.named(route.tool) ?? ownerTools[route.tool]
    }

    private static let ownerTools: [String: Tool] = Dictionary(
        Tool.ofOwners.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
}
