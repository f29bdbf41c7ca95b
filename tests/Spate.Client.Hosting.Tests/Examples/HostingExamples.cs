using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Consuming;
using Spate.Client.Hosting.Health;
using Spate.Client.Serialization;
using Spate.Testing;

namespace Spate.Client.Hosting.Tests.Examples;

/// <summary>What the guide shows of a .NET host.</summary>
public sealed partial class HostingExamples
{
    [Fact]
    public async Task A_program_that_bills()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using (var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = Serializers.Default.WithJson(ShopJson.Default.Order) }))
        {
            await client.ProduceAsync("orders", "1", new Order("1", 2)).AsTask().OrTimeout("the order");
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Kafka:BootstrapServers", broker.BootstrapServers), new("Kafka:ClientId", "shop"), new("Kafka:Consumer:OffsetReset", "earliest"),
            new("Billing:Topics", "orders"), new("Billing:GroupId", "billing"), new("Billing:Members", "2"),
        ]);
        var bills = new Bills();
        builder.Services.AddSingleton(bills);

        // <host>
        builder.Services.AddKafkaClient(builder.Configuration.GetSection("Kafka"))
            .Configure(options => options with { Serializers = Serializers.Default.WithJson(ShopJson.Default.Order) });
        builder.Services.AddKafkaConsumer<Billing>();
        builder.Services.AddHealthChecks().AddKafkaClient().AddKafkaConsumer<Billing>(lagMax: 10_000);
        // </host>

        using var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        Assert.Equal("1", (await bills.First.Task.OrTimeout("the bill")).Id);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().OrTimeout("the checks");
        Assert.Equal(HealthStatus.Healthy, health.Status);
        await host.StopAsync().OrTimeout("the stop");
    }

    internal sealed record Order(string Id, int Quantity);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class ShopJson : JsonSerializerContext;

    internal sealed class Bills
    {
        public TaskCompletionSource<Order> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WriteAsync(Order order, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            First.TrySetResult(order);
            return Task.CompletedTask;
        }
    }

    // <host-service>
    internal sealed class Billing(KafkaClient client, IConfiguration configuration, ILogger<Billing> logger, Bills bills)
        : KafkaConsumerService<string, Order>(client, KafkaConsumerServiceOptions.From(configuration.GetSection("Billing"), client.Options.Consumer), logger)
    {
        protected override Task HandleAsync(ConsumerRecord<string, Order> record, CancellationToken cancellationToken) =>
            bills.WriteAsync(record.Value!, cancellationToken);

        protected override ValueTask<FailureAction> OnFailedAsync(
            ConsumerRecord<string, Order> record, Exception failure, int attempt, CancellationToken cancellationToken) =>
            ValueTask.FromResult(attempt < 5 ? FailureAction.Retry : FailureAction.Stop);
    }
    // </host-service>
}
