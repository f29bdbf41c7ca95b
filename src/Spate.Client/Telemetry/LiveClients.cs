using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Spate.Client.Telemetry;

/// <summary>Every client of this process that was not disposed, for instruments that are asked for their values. Safe for use by several threads at once.</summary>
internal static class LiveClients
{
    private static readonly ConcurrentDictionary<ClientWatch, byte> All = new();

    public static void Add(ClientWatch client)
    {
        All.TryAdd(client, 0);

        // The instruments are there from the first client on, whoever touches them first.
        _ = ClientInstruments.Sent;
    }

    public static void Remove(ClientWatch client) => All.TryRemove(client, out _);

    public static IEnumerable<Measurement<long>> Connections() => Servers(static _ => 1);

    public static IEnumerable<Measurement<long>> InFlight() => Servers(static connection => connection.InFlight);

    public static IEnumerable<Measurement<long>> Buffered() =>
        All.Keys.Select(static client => new Measurement<long>(client.Producers.Sum(static producer => producer.Buffered), client.Tags()));

    public static IEnumerable<Measurement<long>> Prefetched() =>
        All.Keys.Select(static client => new Measurement<long>(client.Consumers.Sum(static consumer => consumer.Prefetched), client.Tags()));

    public static IEnumerable<Measurement<long>> Lag() => All.Keys.SelectMany(static client => client.Consumers.SelectMany(static consumer => consumer.Lag()));

    private static IEnumerable<Measurement<long>> Servers(Func<Connections.BrokerConnection, long> figure) => All.Keys.SelectMany(client => client.Connections
        .GroupBy(static connection => connection.Address)
        .Select(server => new Measurement<long>(
            server.Sum(figure),
            [.. client.Tags(), new(MessagingTags.ServerAddress, server.Key.Host), new(MessagingTags.ServerPort, server.Key.Port)])));
}
