import Domain
import Wire

/// What there is to spend, and what was.
extension Tool {
    static let wallet = [walletGet, walletTransactions, walletHolds, walletFunding]

    private static let walletGet = Tool(
        "wallet_get", .read, scope: Capability.walletRead,
        "Shows what the wallet has, what of it is held, what this key may still spend, and what limits that."
    ) { call in
        .ok(Render.wallet(try await call.shop.wallet(for: call.buyer)))
    }

    private static let walletTransactions = Tool(
        "wallet_transaction_list", .read, scope: Capability.walletRead,
        "Lists what moved the wallet's money, newest first.",
        [
            .optional("type", .text(longest: 100), "Only those of this type.", example: "purchase"),
            .optional("purchaseId", .id, "Only those of this purchase."), .limit, .cursor,
        ]
    ) { call in
        let input = call.input
        let (entries, next) = try await call.shop.transactions(
            for: call.buyer, code: input.text("type"), purchase: input.id("purchaseId"), limit: input.limit,
            after: input.cursorNumber)
        return .ok(
            Render.list("transactions", entries.map(Render.entry), next: next.map { PageMark.text("\($0)") }))
    }

    private static let walletHolds = Tool(
        "wallet_hold_list", .read, scope: Capability.walletRead,
        "Lists money that is held for purchases under way.",
        [.optional("state", .word(["open", "ended"]), "Only those that stand so."), .limit, .cursor]
    ) { call in
        let input = call.input
        let (holds, next) = try await call.shop.holds(
            for: call.buyer, isOpen: input.text("state").map { $0 == "open" }, limit: input.limit,
            after: input.cursorNumber)
        return .ok(
            Render.list(
                "holds", holds.map { Render.hold($0.entry, isOpen: $0.isOpen) },
                next: next.map { PageMark.text("\($0)") }))
    }

    private static let walletFunding = Tool(
        "wallet_funding_request", .write, keys: .required, scope: Capability.purchaseWrite,
        "Asks the owner for more money. A person reads it; nothing moves by itself.",
        [
            .required("amountMinor", .integer(1...100_000_000_000), "How much, in cents.", example: 5000),
            .required(
                "reason", .text(longest: 1000), "What it is needed for.", example: "A domain for the launch."),
        ]
    ) { call in
        guard let amount = try call.input.minor("amountMinor") else {
            throw Refusal.invalid("amountMinor", "amountMinor is needed.")
        }
        let (request, isRepeated) = try await call.shop.requestFunding(
            amount, why: call.input.needed("reason"), for: call.buyer, key: call.neededKey)
        return ToolAnswer(body: ["fundingRequest": Render.funding(request)], kind: .created, isRepeated: isRepeated)
    }
}
