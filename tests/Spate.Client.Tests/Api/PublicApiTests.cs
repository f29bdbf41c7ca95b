using System.Reflection;
using System.Runtime.CompilerServices;
using Spate.Testing;

namespace Spate.Client.Tests.Api;

/// <summary>
/// What is public is written down, so that a change of it is seen. After a change that is meant, run these tests with SPATE_WRITE_API=1 and look at the difference.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(KafkaClient), "Spate.Client")]
    [InlineData(typeof(EmbeddedBroker), "Spate.Testing")]
    public void What_is_public_is_what_is_written_down(Type type, string project)
    {
        var path = Repository.PathOf("src", project, "PublicApi.txt");
        var actual = PublicApi.Describe(type.Assembly);
        if (Environment.GetEnvironmentVariable("SPATE_WRITE_API") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var (now, known) = (actual.Split('\n'), File.ReadAllText(path).Split('\n'));
        var difference = now.Except(known).Select(line => $"+ {line}").Concat(known.Except(now).Select(line => $"- {line}")).ToList();
        Assert.True(actual == File.ReadAllText(path), $"{path} differs: set SPATE_WRITE_API=1 if that is meant.\n{string.Join('\n', difference)}");
    }

    [Fact]
    public void Every_option_can_be_set_at_the_start_only()
    {
        foreach (var options in typeof(KafkaClient).Assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null))
            {
                Assert.Contains(property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers(), modifier => modifier == typeof(IsExternalInit));
            }
        }
    }
}
