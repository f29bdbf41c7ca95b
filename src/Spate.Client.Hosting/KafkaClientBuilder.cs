using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Spate.Client.Hosting.Configuration;

namespace Spate.Client.Hosting;

/// <summary>
/// Goes on with a client that was added to a program's services. Options are immutable, so each step makes new ones of those of the step before; the first are the defaults,
/// with the program's logging and, where it has one, its <see cref="TimeProvider"/>. They can be asked for as <see cref="IOptions{TOptions}"/> and by name,
/// and are looked at by the program's own <see cref="IValidateOptions{TOptions}"/>; <c>services.Configure&lt;KafkaClientOptions&gt;</c>, which fills options in place, is refused. For use while the program is put together, by one thread.
/// </summary>
public sealed class KafkaClientBuilder
{
    internal KafkaClientBuilder(IServiceCollection services, string? name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The program's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the client; null for the one without.</summary>
    public string? Name { get; }

    /// <summary>Changes the options: <c>Configure(options => options with { ClientId = "shop" })</c>.</summary>
    /// <param name="change">Makes new options of those of the steps before.</param>
    /// <returns>This builder.</returns>
    public KafkaClientBuilder Configure(Func<KafkaClientOptions, KafkaClientOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Configure((options, _) => change(options));
    }

    /// <summary>Changes the options with the help of other services.</summary>
    /// <param name="change">Makes new options of those of the steps before. The services are the program's; the client is not among them yet.</param>
    /// <returns>This builder.</returns>
    public KafkaClientBuilder Configure(Func<KafkaClientOptions, IServiceProvider, KafkaClientOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Services.AddSingleton(new KafkaClientOptionsStep(Name ?? Options.DefaultName, change));
        return this;
    }

    /// <summary>
    /// Takes options from a section of the configuration. A key is a property's name (<c>ClientId</c>, and <c>Linger</c> within a section <c>Producer</c>, <c>GroupId</c> within
    /// <c>Consumer</c>), with times as <c>00:00:00.020</c>; or Kafka's own (<c>client.id</c>, <c>linger.ms</c>), with times in milliseconds, wherever it stands. Keys that are none, and
    /// values that cannot be read, are told all at once, each by its place, in an <see cref="OptionsValidationException"/> when the host starts.
    /// </summary>
    /// <param name="section">The section, read when the client is made and not again.</param>
    /// <returns>This builder.</returns>
    public KafkaClientBuilder Bind(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Configure(options => ClientSection.Read(section, options));
    }
}
