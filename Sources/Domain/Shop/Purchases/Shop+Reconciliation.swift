/// Purchases that nobody knows the effect of, and the word of an owner who found out.
extension Shop {
    /// Of all accounts where none is named; the oldest first.
    package func reconciling(of account: ID?) async throws -> [Purchase] {
        var page = RecordPage(account: account)
        page.shelves = [Purchase.Status.reconciling.rawValue]
        page.newestFirst = false
        page.limit = 1000
        let wanted = page
        return try await store.read { try $0.list(Purchase.self, wanted) }
    }

    /// An owner says what became of a purchase: it is there, under the provider's name for it, or it is not.
    package func resolve(
        purchase id: ID, found: ResourceRef?, why: String, by buyer: Buyer
    ) async throws -> Purchase {
        guard buyer.isOwner else { throw Refusal(.forbidden, "Only an owner resolves a purchase.") }
        guard !why.isEmpty, why.utf8.count <= 1000 else {
            throw Refusal.invalid("reason", "reason has 1 to 1,000 bytes.")
        }
        let (world, now) = (world, world.now())
        let resolved = try await write(buyer.account) { books, rows in
            var purchase = try rows.find(Purchase.self, id, of: buyer.account)
            guard purchase.state.status == .reconciling else {
                throw Refusal(
                    .conflict, "The purchase is \(purchase.state.status.rawValue): nothing is to be resolved.")
            }
            books.tell(
                "purchase.resolved", of: id, by: buyer.actor,
                ["found": found.map { .string($0.id) } ?? .null, "reason": .string(why)])
            if let found {
                try purchase.complete(
                    with: .succeeded(found, outputs: .null), books, rows, by: buyer.actor, at: now, world)
            } else {
                try purchase.end(as: .failed, because: why, books, by: buyer.actor, at: now, world)
            }
            return try rows.update(purchase)
        }
        news.tell(id)
        return resolved
    }
}
