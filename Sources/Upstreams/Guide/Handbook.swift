/// The project's own documentation, as it was when the program was built.
enum Handbook {
    /// Every section of every page, in reading order.
    static let sections: [Section] = pages.flatMap { page in
        Section.sections(of: String(decoding: page.bytes, as: UTF8.self), file: page.file)
    }

    private static let pages: [(file: String, bytes: [UInt8])] = [
        ("README.md", PackageResources.README_md),
        ("docs/operating.md", PackageResources.operating_md),
        ("docs/knowledge.md", PackageResources.knowledge_md),
        ("docs/dialects/agentic-star.md", PackageResources.agentic_star_md),
        ("docs/dialects/rooms.md", PackageResources.rooms_md),
        ("docs/dialects/stackspot.md", PackageResources.stackspot_md),
        ("docs/dialects/agent-store.md", PackageResources.agent_store_md),
        ("docs/dialects/credit-router.md", PackageResources.credit_router_md),
        ("docs/ARCHITECTURE.md", PackageResources.ARCHITECTURE_md),
        ("docs/STYLE.md", PackageResources.STYLE_md),
        ("docs/decisions/0001-one-run-log-behind-every-dialect.md", PackageResources.decision_0001_md),
        ("docs/decisions/0002-text-is-shown-before-it-is-durable.md", PackageResources.decision_0002_md),
        ("docs/decisions/0003-sqlite-with-one-group-committing-writer.md", PackageResources.decision_0003_md),
        ("docs/decisions/0004-followers-write-on-the-connections-event-loop.md", PackageResources.decision_0004_md),
        ("docs/decisions/0005-the-configuration-is-a-snapshot-with-a-revision.md", PackageResources.decision_0005_md),
        ("docs/decisions/0006-nothing-is-in-the-tree-before-something-needs-it.md", PackageResources.decision_0006_md),
        ("docs/decisions/0007-postgresql-through-libpq.md", PackageResources.decision_0007_md),
        ("docs/decisions/0008-servers-hold-runs-under-a-lease.md", PackageResources.decision_0008_md),
        ("docs/decisions/0009-connections-to-models-are-our-own.md", PackageResources.decision_0009_md),
        ("docs/decisions/0010-what-leaves-for-others-goes-through-one-target.md", PackageResources.decision_0010_md),
        ("docs/decisions/0011-the-queue-takes-turns-and-counts.md", PackageResources.decision_0011_md),
        ("docs/decisions/0012-passages-are-found-by-words-that-rialto-makes.md", PackageResources.decision_0012_md),
        ("docs/decisions/0013-documents-are-read-in-a-target-of-their-own.md", PackageResources.decision_0013_md),
        ("docs/decisions/0014-what-the-shop-keeps-are-records.md", PackageResources.decision_0014_md),
        ("docs/decisions/0015-an-accounts-books-are-one-chain-under-one-lock.md", PackageResources.decision_0015_md),
        (
            "docs/decisions/0016-budgets-are-accounts-opened-anew-with-each-version-of-a-policy.md",
            PackageResources.decision_0016_md
        ),
    ]
}
