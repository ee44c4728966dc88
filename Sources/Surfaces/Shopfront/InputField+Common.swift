import Wire

/// Fields that many tools have.
extension InputField {
    static let serviceID = required("serviceId", .id, "The service, as service_list names it.")
    static let purchaseID = required("purchaseId", .id, "The purchase, as purchase_create answered it.")
    static let itemID = required(
        "catalogItemId", .text(longest: 200), "The catalog item, as catalog_search names it.",
        example: "cat_domain_com")
    static let limit = optional("limit", .integer(1...50), "How many at most; 20 if nothing is said.", example: 5)
    static let cursor = optional(
        "cursor", .text(longest: 500), "nextCursor of the page before, for the next page of a list.")
    static let waitSeconds = optional(
        "waitSeconds", .integer(0...25), "Waits so long for a change before answering.", example: 10)
    static let maxTotal = optional(
        "maxTotalMinor", .integer(0...100_000_000_000),
        "The most you will pay, in cents: a higher price is refused with max_total_exceeded.", example: 5000)
    static let amountUSD = required(
        "amountUsd", .dollars, "The amount in dollars, with two places at most.", example: 10)
    static let label = optional("label", .text(longest: 200), "What people call it.", example: "production")
    static let expiresAt = optional("expiresAt", .moment, "When it ends; never if nothing is said.")
    static let snapshotID = required("snapshotId", .text(longest: 200), "The snapshot, as its list names it.")
}
