
namespace Spate.Conformance.Clients;

/// <summary>Where the drivers lie, and what runs them.</summary>
internal static class ClientPrograms
{
    private static readonly string Drivers = Repository.PathOf("tests", "Spate.Conformance", "Drivers");

    /// <summary>A driver in Python. Its client comes from the system's packages, and so does the interpreter that knows them.</summary>
    public static ClientProgram Python(string name) => new(
        name,
        "/usr/bin/python3",
        Path.Combine(Drivers, name, "client.py"),
        ("PYTHONDONTWRITEBYTECODE", "1"));

    /// <summary>A driver for Node, with the clients that ./test had npm install.</summary>
    public static ClientProgram Node(string name)
    {
        var clients = Repository.PathOf("artifacts", "clients", "node");
        return Directory.Exists(Path.Combine(clients, "node_modules"))
            ? new(name, "node", Path.Combine(Drivers, name, "client.mjs"), ("SPATE_NODE_CLIENTS", clients))
            : throw new InvalidOperationException($"The clients for Node are not installed in {clients}. Type: {Repository.PathOf("test")} Conformance");
    }
}
