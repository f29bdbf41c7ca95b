using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Serialization;
using Spate.Samples.Orders;

// Places orders and adds them up again: Spate.Samples.Orders [host:port [topic]].
const int count = 100;
var bootstrapServers = args.ElementAtOrDefault(0) ?? "localhost:9092";
var topic = args.ElementAtOrDefault(1) ?? "orders";

try
{
    await using var client = new KafkaClient(new KafkaClientOptions
    {
        BootstrapServers = bootstrapServers,
        Serializers = Serializers.Default.WithJson(OrderJson.Default.Order),
    });
    var created = await client.Admin.Topics.CreateAsync([new NewTopic(topic) { Partitions = 3 }]);
    Console.WriteLine(created[topic].Error is { } error ? $"Topic {topic}: {error.Message}" : $"Topic {topic} is there.");

    var orders = Enumerable.Range(1, count).Select(number => new Order($"o-{number}", $"customer-{number % 7}", number, DateTimeOffset.UtcNow));
    var placed = await Task.WhenAll(orders.Select(order => client.ProduceAsync(topic, order.Customer, order).AsTask()));
    Console.WriteLine($"{placed.Length} orders were placed.");

    var (read, pieces) = (0, 0);
    await foreach (var record in client.ConsumeAsync<string, Order>(topic, StartPosition.Beginning))
    {
        pieces += record.Value!.Quantity;
        if (++read == count)
        {
            break;
        }
    }

    Console.WriteLine($"{read} orders for {pieces} pieces were read.");
    return 0;
}
catch (KafkaException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
