import Domain
import Ledger
import Surfaces
import Wire

/// Keys, money and the catalog.
extension Shown {
    static func account(_ account: Account, _ wallet: Shop.WalletView, play: Shop.WalletView) -> JSON.Object {
        var shown = Self.account(account)
        shown["balance"] = .string(wallet.balance.dollars)
        shown["held"] = .string(wallet.held.dollars)
        shown["available"] = .string(wallet.available.dollars)
        shown["balance_minor"] = .integer(wallet.balance.minor)
        shown["held_minor"] = .integer(wallet.held.minor)
        shown["available_minor"] = .integer(wallet.available.minor)
        shown["test_balance_minor"] = .integer(play.balance.minor)
        shown["frozen"] = .bool(wallet.isFrozen)
        return shown
    }

    static func wallet(_ wallet: Shop.WalletView, of account: String) -> JSON.Object {
        [
            "account": .string(account), "test": .bool(wallet.isTest), "balance": .string(wallet.balance.dollars),
            "held": .string(wallet.held.dollars), "available": .string(wallet.available.dollars),
            "balance_minor": .integer(wallet.balance.minor), "held_minor": .integer(wallet.held.minor),
            "available_minor": .integer(wallet.available.minor), "frozen": .bool(wallet.isFrozen),
        ]
    }

    static func credentials(_ made: ShopKeyCredentials) -> JSON.Object {
        ["id": .string(made.id.uuid), "key": .string(made.key)]
    }

    static func agentKey(_ key: AgentKey, _ accounts: [ID: String]) -> JSON.Object {
        [
            "id": .string(key.id.uuid), "account": .string(accounts[key.account] ?? key.account.uuid),
            "agent": .string(key.agent), "test": .bool(key.isTest),
            "state": key.revokedAt == nil ? "active" : "revoked",
            "scopes": .array(key.scopes.map { .string($0) }), "created_at": .string(key.createdAt.iso8601),
            "last_used_at": text(key.lastUsedAt?.iso8601), "old_until": text(key.oldSecretUntil?.iso8601),
            "revoked_at": text(key.revokedAt?.iso8601),
        ]
    }

    static func ownerKey(_ key: OwnerKey, _ accounts: [ID: String]) -> JSON.Object {
        [
            "id": .string(key.id.uuid), "account": .string(accounts[key.account] ?? key.account.uuid),
            "label": .string(key.label), "state": key.revokedAt == nil ? "active" : "revoked",
            "created_at": .string(key.createdAt.iso8601), "revoked_at": text(key.revokedAt?.iso8601),
        ]
    }

    static func item(_ item: CatalogItem, of provisioners: [any Provisioner]) -> JSON.Object {
        let known = provisioners.first { $0.kind == item.provisioner }
        return [
            "id": .string(item.id), "sku": .string(item.sku), "name": .string(item.name),
            "category": .string(item.category), "service_type": .string(item.serviceType),
            "price": .string(item.price.unit.dollars), "price_minor": .integer(item.price.unit.minor),
            "period_months": number(item.price.periodMonths), "provider": .string(item.provisioner),
            "reality": text(known?.reality.rawValue), "disabled": .bool(item.isDisabled),
        ]
    }
}

/// Purchases, and what people are asked of them.
extension Shown {
    static func purchase(_ purchase: Purchase, _ accounts: [ID: String]) -> JSON.Object {
        [
            "id": .string(purchase.id.uuid), "account": .string(accounts[purchase.account] ?? purchase.account.uuid),
            "agent": text(purchase.agent), "item": .string(purchase.quote.item.id),
            "total": .string(purchase.total.dollars), "total_minor": .integer(purchase.total.minor),
            "status": .string(purchase.state.status.rawValue), "status_reason": text(purchase.state.reason),
            "test": .bool(purchase.isTest), "created_at": .string(purchase.createdAt.iso8601),
            "updated_at": .string(purchase.state.updatedAt.iso8601),
        ]
    }

    /// One of which nobody knows whether it came about.
    static func doubtful(_ purchase: Purchase, _ accounts: [ID: String]) -> JSON.Object {
        var shown = Self.purchase(purchase, accounts)
        shown["provider"] = .string(purchase.quote.item.provisioner)
        shown["token"] = .string(purchase.token.text)
        shown["attempts"] = number(purchase.attempts)
        return shown
    }

    static func wholePurchase(_ purchase: Purchase, _ accounts: [ID: String]) -> JSON.Object {
        var shown = Self.purchase(purchase, accounts)
        let quote = purchase.quote
        shown["actor"] = .string(purchase.actor)
        shown["name"] = .string(quote.item.name)
        shown["category"] = .string(quote.item.category)
        shown["quantity"] = number(quote.quantity)
        shown["configuration"] = JSON(quote.configuration)
        shown["reality"] = .string(quote.reality.rawValue)
        shown["reason"] = text(purchase.why)
        shown["quote"] = .string(quote.id.uuid)
        shown["idempotency_key"] = .string(purchase.idempotencyKey)
        shown["approval"] = text(purchase.state.approval?.uuid)
        shown["service"] = .string(purchase.service.uuid)
        shown["outputs"] = JSON(purchase.state.outputs)
        shown["refunded_minor"] = .integer(purchase.state.refunded.minor)
        shown["attempts"] = number(purchase.attempts)
        shown["trace"] = .array(purchase.trace.map { .object(trace($0)) })
        return shown
    }

    static func approval(_ decided: Shop.Decided, _ accounts: [ID: String]) -> JSON.Object {
        let approval = decided.approval
        var shown: JSON.Object = [
            "id": .string(approval.id.uuid), "state": .string(approval.state.rawValue),
            "account": .string(accounts[approval.account] ?? approval.account.uuid),
        ]
        if let purchase = decided.purchase {
            shown["agent"] = text(purchase.agent)
            shown["purchase"] = .string(purchase.id.uuid)
            shown["status"] = .string(purchase.state.status.rawValue)
            shown["item"] = .string(purchase.quote.item.id)
            shown["total"] = .string(purchase.total.dollars)
            shown["total_minor"] = .integer(purchase.total.minor)
        }
        if let operation = decided.operation {
            shown["agent"] = text(operation.agent)
            shown["operation"] = .string(operation.id.uuid)
            shown["status"] = .string(operation.status.rawValue)
            shown["service"] = .string(operation.service.uuid)
            shown["action"] = .string(operation.action.name)
        }
        shown["created_at"] = .string(approval.createdAt.iso8601)
        shown["expires_at"] = .string(approval.expiresAt.iso8601)
        return shown
    }

    static func wholeApproval(_ decided: Shop.Decided, _ accounts: [ID: String]) -> JSON.Object {
        let approval = decided.approval
        var shown = Self.approval(decided, accounts)
        if let purchase = decided.purchase {
            shown["name"] = .string(purchase.quote.item.name)
            shown["quantity"] = number(purchase.quote.quantity)
            shown["configuration"] = JSON(purchase.quote.configuration)
            shown["reason"] = text(purchase.why)
            shown["quote_hash"] = .string(approval.hash)
        }
        if let operation = decided.operation {
            shown["input"] = JSON(operation.action.input)
            shown["operation_hash"] = .string(approval.hash)
        }
        shown["decisions"] = .array(
            approval.decisions.map { decision in
                [
                    "actor": .string(decision.actor), "decision": decision.isApproval ? "approve" : "reject",
                    "note": text(decision.note), "at": .string(decision.at.iso8601),
                ]
            })
        shown["reasons"] = .array(approval.reasons.map { .object(trace($0)) })
        return shown
    }

    static let traceColumns = ["layer", "rule", "outcome", "message"]

    static func trace(_ trace: PolicyTrace) -> JSON.Object {
        [
            "layer": .string(trace.layer), "rule": .string(trace.rule), "outcome": .string(trace.outcome.rawValue),
            "message": .string(trace.message), "limit_minor": minor(trace.limit), "used_minor": minor(trace.used),
            "held_minor": minor(trace.held), "resets_at": text(trace.resetsAt?.iso8601),
        ]
    }

    static func minor(_ money: Money?) -> JSON { money.map { .integer($0.minor) } ?? .null }
}
