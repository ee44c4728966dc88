package import Ledger

/// What a completed purchase was, for the books of whoever paid: facts that never change, to be signed.
package struct Receipt: Sendable, Equatable {
    package var purchase: Purchase
    package var accountName: String
    package var completedAt: Timestamp
    /// The hash of the account's chain after the transfer that paid it, in hexadecimal, and its number.
    package var ledgerSequence: Int64
    package var ledgerHash: String
}

extension Shop {
    /// - Throws: `conflict` for a purchase that is not completed.
    package func receipt(of id: ID, for buyer: Buyer) async throws -> Receipt {
        let (purchase, _) = try await purchase(id, for: buyer)
        guard purchase.state.status == .completed else {
            throw Refusal(
                .conflict,
                "There is a receipt once the purchase is completed; it is \(purchase.state.status.rawValue).",
                code: "not_completed")
        }
        let name = directory.snapshot.accounts[buyer.account]?.name ?? buyer.account.uuid
        let holds = purchase.holds.map { TransferID($0.id) }
        let posts = try await store.read { try $0.entries(about: holds, of: buyer.account) }
            .filter { $0.transfer.kind.pending != nil }
        guard let last = posts.max(by: { $0.sequence < $1.sequence }) else { throw Refusal.hidden }
        return Receipt(
            purchase: purchase, accountName: name, completedAt: Timestamp(milliseconds: last.transfer.at),
            ledgerSequence: last.sequence, ledgerHash: last.hash.hexadecimal)
    }
}

extension [UInt8] {
    package var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
