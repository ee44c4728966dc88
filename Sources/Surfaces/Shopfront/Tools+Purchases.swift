import Domain
import Wire

/// Buying, and what becomes of it.
extension Tool {
    static let purchases = [
        purchaseCreate, purchaseStatus, purchaseFind, purchaseList, purchaseCancel, purchaseReceipt, refundRequest,
        refundGet, approvalGet,
    ]

    private static let purchaseCreate = Tool(
        "purchase_create", .money, keys: .required, scope: Capability.purchaseWrite, isPurchase: true,
        """
        Buys what was quoted, or an item in its final configuration, within the limits that the owner has set. \
        status awaiting_approval means that a person has to agree first: poll purchase_get_status.
        """,
        InputField.wish + [
            .maxTotal, .optional("reason", .text(longest: 1000), "Why you buy it, for the owner to read."),
            .optional(
                "allowDuplicate", .flag, "Buys it although the same was bought a moment ago; only if you mean it."),
        ]
    ) { call in
        var order = Shop.PurchaseOrder(try call.input.wish(), key: try call.neededKey)
        order.maxTotal = try call.input.minor("maxTotalMinor")
        order.why = call.input.text("reason")
        order.allowsDuplicate = call.input.flag("allowDuplicate") ?? false
        return call.answer(try await call.shop.purchase(order, for: call.buyer))
    }

    private static let purchaseStatus = Tool(
        "purchase_get_status", .read, scope: Capability.purchaseRead,
        "Shows how a purchase stands now, and what came of it.", [.purchaseID, .waitSeconds]
    ) { call in
        let (purchase, approval) = try await call.shop.purchase(
            call.input.neededID("purchaseId"), for: call.buyer, waitSeconds: call.input.count("waitSeconds") ?? 0)
        return .ok(call.told(purchase, approval))
    }

    private static let purchaseFind = Tool(
        "purchase_find", .read, scope: Capability.purchaseRead,
        "Finds the purchase that was made with an idempotency key, when its answer was lost.",
        [
            .required(
                InputField.keyName, .matching("[ -~]+"), "The key that purchase_create was sent with.",
                example: "deploy-domain-1")
        ]
    ) { call in
        let (purchase, approval) = try await call.shop.purchase(
            withKey: call.input.needed(InputField.keyName), for: call.buyer)
        return .ok(call.told(purchase, approval))
    }

    private static let purchaseList = Tool(
        "purchase_list", .read, scope: Capability.purchaseRead, "Lists purchases, newest first.",
        [
            .optional("status", .word(Purchase.Status.allCases.map(\.rawValue)), "Only those that stand so."),
            .optional("category", .text(longest: 100), "Only those of this category.", example: "domains"),
            .limit, .cursor,
        ]
    ) { call in
        let input = call.input
        let (purchases, next) = try await call.shop.purchases(
            for: call.buyer, status: input.word("status"), category: input.text("category"), limit: input.limit,
            after: input.cursorID)
        return .ok(Render.list("purchases", purchases.map(call.render), next: PageMark.text(next)))
    }

    private static let purchaseCancel = Tool(
        "purchase_cancel", .write, keys: .required, scope: Capability.purchaseWrite,
        "Cancels a purchase that is not being carried out yet; what was held for it is free again.",
        [
            .purchaseID, .optional("reasonCode", .text(longest: 100), "Why, in a word.", example: "not_needed"),
            .optional("note", .text(longest: 1000), "More about it, for the owner to read."),
        ]
    ) { call in
        let reason = [call.input.text("reasonCode"), call.input.text("note")].compactMap(\.self)
        let (purchase, isRepeated) = try await call.shop.cancel(
            purchase: call.input.neededID("purchaseId"), for: call.buyer, key: call.key,
            reason: reason.isEmpty ? nil : reason.joined(separator: ": "))
        return ToolAnswer(body: ["purchase": call.render(purchase)], isRepeated: isRepeated)
    }

    private static let purchaseReceipt = Tool(
        "purchase_receipt_get", .read, scope: Capability.purchaseRead,
        "Gives the receipt of a completed purchase, signed (a JWS that the server's published keys verify).",
        [.purchaseID]
    ) { call in
        let receipt = try await call.shop.receipt(of: call.input.neededID("purchaseId"), for: call.buyer)
        let claims = Render.claims(receipt, issuer: call.front.receipts.issuer)
        return .ok(["receipt": .string(try await call.front.receipts.sign(claims)), "claims": JSON(claims)])
    }

    private static let refundRequest = Tool(
        "refund_request", .money, keys: .required, scope: Capability.purchaseWrite,
        "Asks for money of a completed purchase back, all of it or a part.",
        [
            .purchaseID,
            .optional(
                "amountMinor", .integer(1...100_000_000_000), "How much, in cents; everything if nothing is said.",
                example: 500),
            .required("reasonCode", .matching("[a-z0-9_]+", longest: 64), "Why, in a word.", example: "not_needed"),
        ]
    ) { call in
        let (refund, isRepeated) = try await call.shop.refund(
            purchase: call.input.neededID("purchaseId"), amount: call.input.minor("amountMinor"),
            reasonCode: call.input.needed("reasonCode"), for: call.buyer, key: call.neededKey)
        return ToolAnswer(body: ["refund": Render.refund(refund)], kind: .created, isRepeated: isRepeated)
    }

    private static let refundGet = Tool(
        "refund_get", .read, scope: Capability.purchaseRead, "Shows how a refund stands.",
        [.required("refundId", .id, "The refund, as refund_request answered it.")]
    ) { call in
        .ok(["refund": Render.refund(try await call.shop.refund(call.input.neededID("refundId"), for: call.buyer))])
    }

    private static let approvalGet = Tool(
        "approval_get", .read, scope: Capability.purchaseRead,
        "Shows how an approval stands, and where the owner decides. Agents cannot decide it.",
        [.required("approvalId", .id, "The approval, as its purchase names it.")]
    ) { call in
        let approval = try await call.shop.approval(call.input.neededID("approvalId"), for: call.buyer)
        return .ok(["approval": Render.approval(approval, url: call.front.approvalURL(approval.id))])
    }
}

extension Shopfront {
    /// Where an owner decides.
    func approvalURL(_ id: ID) -> String { "\(publicURL)/v1/account/approvals/\(id.uuid)" }
}

extension ToolCall {
    func render(_ purchase: Purchase) -> JSON { Render.purchase(purchase, approvalURL: front.approvalURL) }

    /// As it is now.
    func told(_ purchase: Purchase, _ approval: Approval?) -> JSON {
        var object: JSON.Object = ["purchase": render(purchase)]
        object["approval"] = approval.map { Render.approval($0, url: front.approvalURL($0.id)) }
        return .object(object)
    }

    /// As it was answered first. A denied purchase is a no that is kept: every time it is told in the same letters.
    func answer(_ purchased: Shop.Purchased) -> ToolAnswer {
        let purchase = purchased.purchase
        guard purchase.state.status != .denied else {
            return ToolAnswer(
                body: .null, isRepeated: purchased.isRepeated, refusal: Self.denied(purchase), refusedAs: purchase.id)
        }
        return ToolAnswer(
            body: ["purchase": render(purchase)],
            kind: purchase.state.status == .awaitingApproval ? .accepted : .created, isRepeated: purchased.isRepeated)
    }

    private static func denied(_ purchase: Purchase) -> Refusal {
        let rule = purchase.trace.first { $0.outcome == .deny }
        return Refusal(
            .forbidden,
            rule.map { "The owner's policies deny this purchase: \($0.message)" }
                ?? "The owner's policies deny this purchase.",
            code: "policy_denied",
            details: [
                "purchaseId": .string(purchase.id.uuid), "status": .string(purchase.state.status.rawValue),
                "trace": .array(purchase.trace.map(\.json)),
            ])
    }
}
