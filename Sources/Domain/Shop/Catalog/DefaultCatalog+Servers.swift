import Ledger

/// The servers, by their size.
extension DefaultCatalog {
    static let servers = [
        server(
            "cat_vps_micro", "vps-micro-monthly", "VPS Micro", cents(2400),
            about:
                "A small virtual server for a bot, timed jobs or a web page: 1 core, 1 GB of memory, 25 GB of disk.",
            traits: ["cores": 1, "memoryMb": 1024, "diskGb": 25, "images": plainImages]),
        server(
            "cat_vps_small", "vps-small-monthly", "VPS Small", cents(4800),
            about: "A virtual server for an application with its database: 2 cores, 4 GB of memory, 80 GB of disk.",
            traits: ["cores": 2, "memoryMb": 4096, "diskGb": 80, "images": plainImages]),
        server(
            "cat_vps_gpu_standard", "vps-gpu-standard", "VPS GPU Standard", cents(39_900),
            about: "A virtual server with one GPU of 24 GB for inference and small trainings: 8 cores, 32 GB of "
                + "memory, 400 GB of disk.",
            traits: [
                "cores": 8, "memoryMb": 32_768, "diskGb": 400, "gpuMemoryGb": 24,
                "images": ["ubuntu-24.04", "debian-12", "nvidia-ai-ubuntu"],
            ]),
    ]

    private static let plainImages: JSONValue = ["ubuntu-24.04", "debian-12"]

    private static func server(
        _ id: String, _ sku: String, _ name: String, _ aMonth: Money, about: String, traits: JSONValue
    ) -> CatalogItem {
        CatalogItem(
            id: id, sku: sku, name: name, about: about, category: "compute", serviceType: "server",
            provisioner: "simulated", price: ItemPrice(unit: aMonth, periodMonths: 1), traits: traits,
            capabilities: Capability.ofServers,
            refundPolicy: "Months that have not begun are refundable by the owner.")
    }
}
