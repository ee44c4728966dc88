import HTTPTypes

/// Which tool stands where, below `/v1/agent`.
extension AgentStore {
    static let agentRoutes = shopRoutes + domainRoutes + serverRoutes + routerRoutes + phoneRoutes + storageRoutes

    private static let shopRoutes: [AgentStoreRoute] = [
        .init("catalog_categories", .get, "/catalog/categories"),
        .init("catalog_search", .get, "/catalog/items"),
        .init("catalog_item_get", .get, "/catalog/items/{catalogItemId}"),
        .init("catalog_checkout_requirements", .get, "/catalog/items/{catalogItemId}/checkout"),
        .init("quote_create", .post, "/quotes"),
        .init("quote_get", .get, "/quotes/{quoteId}"),
        .init("policy_effective_get", .get, "/policies/effective"),
        .init("policy_check", .post, "/policies/check"),
        .init("purchase_create", .post, "/purchases"),
        .init("purchase_get_status", .get, "/purchases/{purchaseId}"),
        .init("purchase_find", .get, "/purchases", if: .naming("idempotencyKey")),
        .init("purchase_list", .get, "/purchases"),
        .init("purchase_cancel", .post, "/purchases/{purchaseId}/cancel"),
        .init("purchase_receipt_get", .get, "/purchases/{purchaseId}/receipt"),
        .init("refund_request", .post, "/purchases/{purchaseId}/refunds"),
        .init("refund_get", .get, "/refunds/{refundId}"),
        .init("approval_get", .get, "/approvals/{approvalId}"),
        .init("wallet_get", .get, "/wallet"),
        .init("wallet_transaction_list", .get, "/wallet/transactions"),
        .init("wallet_hold_list", .get, "/wallet/holds"),
        .init("wallet_funding_request", .post, "/wallet/funding-requests"),
        .init("service_list", .get, "/services"),
        .init("service_get", .get, "/services/{serviceId}"),
        .init("service_renew", .post, "/services/{serviceId}/renew"),
        .init("service_auto_renew_set", .post, "/services/{serviceId}/auto-renew"),
        .init("service_cancel", .post, "/services/{serviceId}/cancel"),
        .init("operation_get", .get, "/operations/{operationId}"),
        .init("operation_list", .get, "/services/{serviceId}/operations"),
        .init("event_list", .get, "/events"),
    ]

    private static let domain = "/services/{serviceId}/domain"
    private static let domainRoutes: [AgentStoreRoute] = [
        .init("domain_check", .post, "/domains/check"),
        .init("domain_get", .get, domain),
        .init("domain_nameservers_set", .put, domain + "/nameservers"),
        .init("domain_dns_record_list", .get, domain + "/dns/records"),
        .init("domain_dns_record_upsert", .put, domain + "/dns/records"),
        .init("domain_dns_record_delete", .delete, domain + "/dns/records"),
        .init("domain_dns_record_delete", .delete, domain + "/dns/records/{recordId}"),
        .init("domain_dns_zone_export", .get, domain + "/dns/zone"),
        .init("domain_dns_zone_import", .post, domain + "/dns/zone"),
        .init("domain_contact_set", .put, domain + "/contact"),
        .init("domain_privacy_set", .put, domain + "/privacy"),
        .init("domain_lock_set", .put, domain + "/lock"),
    ]

    private static let server = "/services/{serviceId}/server"
    private static let serverRoutes: [AgentStoreRoute] = [
        .init("server_get", .get, server),
        .init("server_start", .post, server + "/actions", if: .saying("type", "start")),
        .init("server_stop", .post, server + "/actions", if: .saying("type", "stop")),
        .init("server_restart", .post, server + "/actions", if: .saying("type", "restart")),
        .init("server_reinstall", .post, server + "/actions", if: .saying("type", "reinstall")),
        .init("server_resize", .post, server + "/actions", if: .saying("type", "resize")),
        .init("server_rename", .post, server + "/actions", if: .saying("type", "rename")),
        .init("server_port_publish", .post, server + "/actions", if: .saying("type", "publish-port")),
        .init("server_ssh_keys_set", .put, server + "/ssh-keys"),
        .init("server_exec", .post, server + "/exec"),
        .init("server_file_read", .get, server + "/files"),
        .init("server_file_write", .put, server + "/files"),
        .init("server_log_get", .get, server + "/logs"),
        .init("server_metrics_get", .get, server + "/metrics"),
        .init("server_firewall_set", .put, server + "/firewall"),
        .init("server_snapshot_create", .post, server + "/snapshots"),
        .init("server_snapshot_list", .get, server + "/snapshots"),
        .init("server_snapshot_restore", .post, server + "/snapshots/{snapshotId}/restore"),
        .init("server_snapshot_delete", .delete, server + "/snapshots/{snapshotId}"),
    ]

    private static let router = "/services/{serviceId}/router"
    private static let routerRoutes: [AgentStoreRoute] = [
        .init("router_api_key_create", .post, router + "/keys"),
        .init("router_api_key_list", .get, router + "/keys"),
        .init("router_api_key_update", .patch, router + "/keys/{routerKeyId}"),
        .init("router_api_key_rotate", .post, router + "/keys/{routerKeyId}/rotate"),
        .init("router_api_key_revoke", .delete, router + "/keys/{routerKeyId}"),
        .init("router_usage_get", .get, router + "/usage"),
        .init("router_generation_get", .get, "/router/generations/{generationId}"),
        .init("router_model_list", .get, "/router/models"),
        .init("router_credit_topup", .post, router + "/topup"),
    ]

    private static let phone = "/services/{serviceId}/phone"
    private static let phoneRoutes: [AgentStoreRoute] = [
        .init("phone_number_search", .get, "/phone/numbers/available"),
        .init("phone_get", .get, phone),
        .init("phone_balance_topup", .post, phone + "/topup"),
        .init("phone_message_list", .get, phone + "/messages"),
        .init("phone_message_get", .get, phone + "/messages/{messageId}"),
        .init("phone_message_send", .post, phone + "/messages"),
        .init("phone_missed_call_list", .get, phone + "/missed-calls"),
        .init("phone_call_log_get", .get, phone + "/calls"),
        .init("phone_webhook_set", .put, phone + "/webhook"),
    ]

    private static let storage = "/services/{serviceId}/storage"
    private static let storageRoutes: [AgentStoreRoute] = [
        .init("storage_usage_get", .get, storage),
        .init("storage_bucket_credentials_create", .post, storage + "/credentials"),
        .init("storage_bucket_credentials_list", .get, storage + "/credentials"),
        .init("storage_bucket_credentials_revoke", .delete, storage + "/credentials/{credentialId}"),
        .init("storage_object_presign", .post, storage + "/presign"),
        .init("storage_volume_attach", .post, storage + "/attach"),
        .init("storage_volume_detach", .post, storage + "/detach"),
        .init("storage_volume_expand", .post, storage + "/expand"),
        .init("storage_snapshot_create", .post, storage + "/snapshots"),
        .init("storage_snapshot_list", .get, storage + "/snapshots"),
        .init("storage_snapshot_restore", .post, storage + "/snapshots/{snapshotId}/restore"),
        .init("storage_snapshot_delete", .delete, storage + "/snapshots/{snapshotId}"),
    ]
}
