namespace Spate.Conformance.Clients;

/// <summary>The clients that the scenarios are run with.</summary>
internal static class ForeignClients
{
    public static IReadOnlyList<IForeignClient> All { get; } = [new KcatClient()];

    public static IForeignClient Named(string name) => All.Single(client => client.Name == name);
}
