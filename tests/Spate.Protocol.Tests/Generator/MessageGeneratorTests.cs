using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Spate.Protocol.Generator;

namespace Spate.Protocol.Tests.Generator;

/// <summary>The generator inside the compiler: its diagnostics have places, and it does not work twice.</summary>
public class MessageGeneratorTests
{
    private const string Good = "api 0 Ping 0-1 flexible 1+ listeners broker\nrequest\n  Text string\nresponse\n  Text string\n";

    [Fact]
    public void BadSchema_IsAnErrorWithFileAndLine()
    {
        var diagnostic = Assert.Single(Run(new Schema("/x/Bad.schema", "message A 0\n  B what\n")).Diagnostics);

        var place = diagnostic.Location.GetLineSpan();
        Assert.Equal(("SPATE001", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Equal(("/x/Bad.schema", 1, 4), (place.Path, place.StartLinePosition.Line, place.StartLinePosition.Character));
    }

    [Fact]
    public void TwoApisWithOneKey_AreAnError()
    {
        var result = Run(new Schema("/x/1.schema", Good), new Schema("/x/2.schema", Good.Replace("Ping", "Pong")));

        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.GetMessage() == "API key 0 is given to Ping as well");
    }

    [Fact]
    public void GoodSchema_GivesClassesAndCatalog()
    {
        var result = Run(new Schema("/x/00-Ping.schema", Good));

        Assert.Empty(result.Diagnostics);
        Assert.Equal(["00-Ping.g.cs", "ApiCatalog.g.cs"], result.Results.Single().GeneratedSources.Select(source => source.HintName).Order());
    }

    [Fact]
    public void ChangeOfOneSchema_LeavesTheOthersAlone()
    {
        var ping = new Schema("/x/00-Ping.schema", Good);
        var other = new Schema("/x/Other.schema", "message Other 0\n  A int8\n");
        var driver = Driver(ping, other).RunGenerators(Compilation);

        driver = driver.ReplaceAdditionalText(other, new Schema("/x/Other.schema", "message Other 0\n  A int16\n")).RunGenerators(Compilation);

        var reasons = driver.GetRunResult().Results.Single().TrackedOutputSteps.Values
            .SelectMany(steps => steps).SelectMany(step => step.Outputs).Select(output => output.Reason).ToList();
        Assert.Equal(1, reasons.Count(reason => reason == IncrementalStepRunReason.Modified));
        Assert.Equal(2, reasons.Count(reason => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    private static CSharpCompilation Compilation { get; } = CSharpCompilation.Create("x");

    private static GeneratorDriverRunResult Run(params AdditionalText[] schemas) => Driver(schemas).RunGenerators(Compilation).GetRunResult();

    private static GeneratorDriver Driver(params AdditionalText[] schemas) => CSharpGeneratorDriver.Create(
        [new MessageGenerator().AsSourceGenerator()],
        schemas,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private sealed class Schema(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
