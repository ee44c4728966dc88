import Domain
import Ledger
import Wire

/// What only owners do: they agree, and they pay.
extension Tool {
    static let ownerApprovals = [
        owner(
            "account_approval_list", "Lists what a person has to agree to, newest first.",
            [
                .optional(
                    "state", .word(["pending", "approved", "rejected", "expired", "canceled"]),
                    "Only those that stand so."), .limit,
            ]
        ) { call in
            let approvals = try await call.shop.approvals(
                of: call.buyer.account, state: call.input.word("state"), limit: call.input.limit)
            return .ok([
                "approvals": .array(
                    approvals.map { Render.approval($0, url: call.front.approvalURL($0.id)) })
            ])
        },
        owner(
            "account_approval_get", "Shows what is to be agreed to: the purchase or the operation.", [.approvalID]
        ) { call in
            .ok(
                call.told(
                    try await call.shop.wholeApproval(call.input.neededID("approvalId"), of: call.buyer.account)))
        },
        owner(
            "account_approval_approve", effect: .money, "Agrees to a purchase or an operation.", [.approvalID, .note]
        ) { call in
            try await call.decide(isApproval: true)
        },
        owner(
            "account_approval_reject", effect: .write, "Says no to a purchase or an operation.", [.approvalID, .note]
        ) { call in
            try await call.decide(isApproval: false)
        },
    ]

    static let ownerMoney = [
        owner("account_funding_request_list", "Lists what agents have asked for, newest first.", [.limit]) { call in
            let requests = try await call.shop.fundingRequests(of: call.buyer.account, limit: call.input.limit)
            return .ok(["fundingRequests": .array(requests.map(Render.funding))])
        },
        owner(
            "account_fund", effect: .money, keys: .honoured, "Puts money into the wallet.",
            [
                .required("amountMinor", .integer(1...1_000_000_000), "How much, in cents.", example: 5000), .why,
                .test,
            ]
        ) { call in
            let (wallet, isRepeated) = try await call.shop.fund(
                call.amount, why: call.input.needed("reason"), isTest: call.input.flag("test") ?? false,
                by: call.buyer, key: call.key)
            return ToolAnswer(body: Render.wallet(wallet), isRepeated: isRepeated)
        },
        owner(
            "account_wallet_adjust", effect: .money, keys: .honoured, "Corrects the wallet, by more or by less.",
            [
                .required(
                    "amountMinor", .integer(-1_000_000_000...1_000_000_000), "By how much, in cents.", example: -500),
                .why, .test,
            ]
        ) { call in
            let (wallet, isRepeated) = try await call.shop.adjust(
                by: call.amount.micros, why: call.input.needed("reason"), isTest: call.input.flag("test") ?? false,
                by: call.buyer, key: call.key)
            return ToolAnswer(body: Render.wallet(wallet), isRepeated: isRepeated)
        },
        owner("account_freeze", effect: .write, "Lets the account buy nothing more.", [.note]) { call in
            try await call.shop.setFrozen(to: true, why: call.input.text("note"), by: call.buyer)
            return .ok(["frozen": true])
        },
        owner("account_unfreeze", effect: .write, "Lets the account buy again.", [.note]) { call in
            try await call.shop.setFrozen(to: false, why: call.input.text("note"), by: call.buyer)
            return .ok(["frozen": false])
        },
        owner("account_ledger_verify", "Derives every balance and every hash of the books again.") { call in
            let audit = try await call.shop.verify(account: call.buyer.account)
            return .ok([
                "ok": .bool(audit.faults.isEmpty), "transfers": .integer(Int64(audit.transfers)),
                "faults": Render.texts(audit.faults),
            ])
        },
    ]
}

extension InputField {
    fileprivate static let approvalID = required("approvalId", .id, "The approval.")
    fileprivate static let note = optional("note", .text(longest: 1000), "Why.")
    fileprivate static let why = required(
        "reason", .text(longest: 1000), "Why; it is kept.", example: "The budget of March.")
}

extension ToolCall {
    fileprivate var amount: Money {
        get throws(Refusal) {
            guard let amount = try input.minor("amountMinor") else {
                throw .invalid("amountMinor", "amountMinor is needed.")
            }
            return amount
        }
    }

    fileprivate func decide(isApproval: Bool) async throws -> ToolAnswer {
        let decided = try await shop.decide(
            approval: input.neededID("approvalId"), isApproval: isApproval, note: input.text("note"), by: buyer)
        return .ok(told(decided))
    }

    fileprivate func told(_ decided: Shop.Decided) -> JSON {
        var object: JSON.Object = [:]
        object["purchase"] = decided.purchase.map(render)
        object["operation"] = decided.operation.map(render)
        object["approval"] = Render.approval(decided.approval, url: front.approvalURL(decided.approval.id))
        return .object(object)
    }
}
