/// What a server that is gone had taken to do.
extension Shop {
    /// On a store of one server nobody else can still be at it: it is due at once. On a shared one the time of whoever
    /// took it must be over first.
    /// - Returns: how much there was.
    @discardableResult
    package func settleLeftovers() async throws -> Int {
        guard !store.isShared else { return 0 }
        var page = RecordPage(account: nil)
        page.shelves = [Purchase.Status.authorized, .provisioning].map(\.rawValue)
        var operations = RecordPage(account: nil)
        operations.shelves = [ServiceOperation.Status.running.rawValue]
        let (wanted, running, now) = (page, operations, world.now())
        return try await store.write { rows in
            var count = 0
            try rows.each(Purchase.self, wanted) { found in
                var purchase = found
                purchase.dueAt = now
                try rows.update(purchase)
                count += 1
            }
            try rows.each(ServiceOperation.self, running) { found in
                var operation = found
                operation.dueAt = now
                try rows.update(operation)
                count += 1
            }
            return count
        }
    }
}
