/// What lets a reader step through an animated picture: a style and a script.
///
/// Where scripts run (a browser's own window, `<object>`, `<iframe>`) the animation stops and keys and
/// clicks go from marker to marker; where they do not (`<img>`) the picture plays as any other.
struct SVGSteps {
  /// For each step, how many of the groups are visible.
  private let groups: [Int]

  /// The steps: the first picture, those at markers, and the last.
  ///
  /// - Parameters:
  ///   - markers: the number of groups up to each marker, ascending.
  ///   - pictures: the number of groups.
  init(_ markers: [Int], pictures: Int) {
    var groups = [0]
    for count in markers + [pictures] where count > groups[groups.count - 1] {
      groups.append(count)
    }
    self.groups = groups
  }

  /// The elements, to stand inside `svg` after the pictures.
  var elements: String {
    let list = groups.map(String.init).joined(separator: ",")
    return """
      <text id="n" x="100%" dx="-14" y="19" text-anchor="end" fill="#888"/>
      <style>.s .f{animation:none!important;visibility:hidden!important}\
      .s .f.on{visibility:visible!important}.s{cursor:pointer}</style>
      <script><![CDATA[
      (function(){
      var n=[\(list)],i=0,s=document.currentScript.parentNode,f=s.querySelectorAll(".f");
      function go(k){
        i=Math.max(0,Math.min(n.length-1,k));
        for(var j=0;j<f.length;j++)f[j].classList.toggle("on",j<n[i]);
        s.querySelector("#n").textContent=(i+1)+" / "+n.length;
      }
      var keys={ArrowRight:1,ArrowDown:1,PageDown:1,Enter:1," ":1,n:1,"]":1,
        ArrowLeft:-1,ArrowUp:-1,PageUp:-1,Backspace:-1,p:-1,"[":-1};
      window.addEventListener("keydown",function(e){
        if(e.ctrlKey||e.altKey||e.metaKey)return;
        if(e.key==="Home")go(0);else if(e.key==="End")go(n.length-1);
        else if(keys[e.key])go(i+keys[e.key]);else return;
        e.preventDefault();
      });
      s.addEventListener("click",function(e){
        var r=s.getBoundingClientRect();
        go(i+(e.clientX-r.left<r.width/3?-1:1));
      });
      s.classList.add("s");go(0);
      })();
      ]]></script>

      """
  }
}
