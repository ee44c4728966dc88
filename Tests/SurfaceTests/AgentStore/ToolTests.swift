import Domain
import Testing
import Wire

@testable import Surfaces

/// The table of what can be done in the shop.
@Suite struct ToolTests {
    private static let names = [
        "catalog_categories", "catalog_search", "catalog_item_get", "catalog_checkout_requirements", "quote_create",
        "quote_get", "policy_effective_get", "policy_check", "purchase_create", "purchase_get_status",
        "purchase_find", "purchase_list", "purchase_cancel", "purchase_receipt_get", "refund_request", "refund_get",
        "approval_get", "wallet_get", "wallet_transaction_list", "wallet_hold_list", "wallet_funding_request",
        "service_list", "service_get", "service_renew", "service_auto_renew_set", "service_cancel", "operation_get",
        "operation_list", "event_list", "domain_check", "domain_get", "domain_nameservers_set",
        "domain_dns_record_list", "domain_dns_record_upsert", "domain_dns_record_delete", "domain_dns_zone_export",
        "domain_dns_zone_import", "domain_contact_set", "domain_privacy_set", "domain_lock_set", "server_get",
        "server_start", "server_stop", "server_restart", "server_reinstall", "server_resize", "server_rename",
        "server_ssh_keys_set", "server_exec", "server_file_read", "server_file_write", "server_log_get",
        "server_metrics_get", "server_firewall_set", "server_port_publish", "server_snapshot_create",
        "server_snapshot_list", "server_snapshot_restore", "server_snapshot_delete", "router_api_key_create",
        "router_api_key_list", "router_api_key_update", "router_api_key_rotate", "router_api_key_revoke",
        "router_usage_get", "router_generation_get", "router_model_list", "router_credit_topup",
        "phone_number_search", "phone_get", "phone_balance_topup", "phone_message_list", "phone_message_get",
        "phone_message_send", "phone_missed_call_list", "phone_call_log_get", "phone_webhook_set",
        "storage_usage_get", "storage_bucket_credentials_create", "storage_bucket_credentials_list",
        "storage_bucket_credentials_revoke", "storage_object_presign", "storage_volume_attach",
        "storage_volume_detach", "storage_volume_expand", "storage_snapshot_create", "storage_snapshot_list",
        "storage_snapshot_restore", "storage_snapshot_delete",
    ]
    private static let everything = Tool.all + Tool.ofOwners

    @Test("Every tool is there once, in an order that never changes")
    func order() {
        #expect(Tool.all.map(\.name) == Self.names)
        #expect(Set(Self.everything.map(\.name)).count == Self.everything.count)
        for name in Self.names { #expect(Tool.named(name)?.name == name) }
        for tool in Tool.ofOwners { #expect(Tool.named(tool.name) == nil) }
    }

    @Test("Every tool says in a sentence what it does, and so does each of its fields")
    func words() {
        for tool in Self.everything {
            #expect(tool.summary.hasSuffix(".") && tool.summary.count > 10, "\(tool.name)")
            for field in tool.fields { #expect(field.about.count > 3, "\(tool.name).\(field.name)") }
            #expect(Set(tool.fields.map(\.name)).count == tool.fields.count, "\(tool.name)")
        }
    }

    @Test("The example of every field is what the field may be, and so is the example of every tool")
    func examples() throws {
        for tool in Self.everything {
            for field in tool.fields {
                #expect(throws: Never.self, "\(tool.name)") { try field.shape.check(field.example, at: field.name) }
            }
            let example = try #require(InputField.example(tool.fields).object)
            #expect(throws: Never.self, "\(tool.name)") { try InputField.check(example, tool.fields) }
        }
    }

    @Test("Every schema is of a closed object that names what it needs")
    func schemas() throws {
        for tool in Self.everything {
            #expect(tool.schema["type"] == "object" && tool.schema["additionalProperties"] == nil, "\(tool.name)")
            let properties = try #require(tool.schema["properties"]?.object)
            for name in tool.schema["required"]?.array ?? [] {
                #expect(properties[name.string ?? ""] != nil, "\(tool.name)")
            }
            for member in properties.members { #expect(member.value["description"]?.string != nil, "\(tool.name)") }
        }
    }

    @Test("What buys or asks for money needs a key, and its description says how to choose one")
    func keys() {
        let needing = Tool.all.filter { $0.keyRule == .required }.map(\.name)
        #expect(
            needing == [
                "purchase_create", "purchase_cancel", "refund_request", "wallet_funding_request", "service_renew",
                "service_cancel", "server_resize", "router_credit_topup", "phone_balance_topup",
                "phone_message_send", "storage_volume_expand",
            ])
        let words = """
            Choose one key per thing you want to buy and send the SAME key again whenever you repeat that same call \
            (timeout, unclear answer, restart). Use a new key only to buy one more.
            """
        for tool in Self.everything where tool.keyRule != .never {
            #expect(tool.fields.last?.name == "idempotencyKey" && tool.fields.last?.about == words, "\(tool.name)")
        }
        for tool in Tool.all where tool.effect == .read { #expect(tool.keyRule == .never, "\(tool.name)") }
    }

    @Test("Only what cannot be had back is called destructive")
    func effects() {
        #expect(
            Tool.all.filter { $0.effect == .destructive }.map(\.name) == [
                "service_cancel", "domain_dns_zone_import", "server_reinstall", "server_snapshot_restore",
                "server_snapshot_delete", "storage_snapshot_restore", "storage_snapshot_delete",
            ])
    }

    @Test("A scope, or what the service calls it, opens a tool; nothing opens an owner's to an agent")
    func scopes() throws {
        let world = ID(high: 0, low: 1)
        func buyer(_ scopes: String...) -> Buyer {
            Buyer(account: world, role: .agent(label: "shopper", key: world), scopes: Set(scopes), isTest: false)
        }
        let tool = try #require(Tool.named("domain_nameservers_set"))
        #expect(tool.isOpen(to: buyer("service:write")))
        #expect(tool.isOpen(to: buyer("domain:nameservers:set")))
        #expect(!tool.isOpen(to: buyer("service:read", "domain:lock:set")))
        for tool in Tool.ofOwners {
            let most = Capability.all + ["owner", tool.name]
            let agent = Buyer(
                account: world, role: .agent(label: "shopper", key: world), scopes: Set(most), isTest: false)
            #expect(!tool.isOpen(to: agent), "\(tool.name)")
        }
    }
}
